// Generates the types of the API from the API's code: `npm run types`. They are made with those of sdk/typescript and, like
// them, not committed, so they are never out of date.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const SDK = `${ROOT}sdk/typescript`;
const LOCK = `${SDK}/package-lock.json`;
const INSTALLED = `${SDK}/node_modules/.installed-lock`;

function run(command, ...parameters) {
  execFileSync(command, parameters, { cwd: ROOT, stdio: "inherit" });
}

run(`${ROOT}.venv/bin/python`, "-m", "infra.api_documents", "build/documents");
if (!existsSync(INSTALLED) || readFileSync(INSTALLED, "utf8") !== readFileSync(LOCK, "utf8")) {
  run("npm", "--prefix", SDK, "ci", "--ignore-scripts");
  copyFileSync(LOCK, INSTALLED);
}
run("npm", "--prefix", SDK, "run", "--silent", "generate");
