// Runs the program of each number it reads, in one process.
const path = require("node:path");

async function main() {
  for await (const line of require("node:readline").createInterface({ input: process.stdin })) {
    let outcome = "ok";
    try {
      await require(path.resolve(line + ".js"));
      if (process.exitCode) outcome = "failed";
    } catch (error) {
      outcome = "failed: " + error.message;
    }
    process.exitCode = 0;
    console.log("\n\u0001" + outcome.replaceAll("\n", " "));
  }
}

main();
