# Runs the program of each number it reads, in one process.
$stdout.sync = true
$stdin.each_line do |line|
  outcome = "ok"
  begin
    load "./#{line.strip}.rb"
  rescue SystemExit => error
    outcome = "failed: #{error.message}" unless error.success?
  rescue Exception => error # rubocop:disable Lint/RescueException
    outcome = "failed: #{error.inspect}"
  end
  puts "\n\u0001" + outcome.tr("\n", " ")
end
