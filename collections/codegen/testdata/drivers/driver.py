# Runs the program of each number it reads, in one process.
import runpy
import sys

for line in sys.stdin:
    outcome = "ok"
    try:
        runpy.run_path(line.strip() + ".py", run_name="__main__")
    except SystemExit as error:
        outcome = f"failed: {error.code}" if error.code else "ok"
    except BaseException as error:
        outcome = f"failed: {error!r}"
    sys.stdout.flush()
    print("\n\1" + outcome.replace("\n", " "), flush=True)
