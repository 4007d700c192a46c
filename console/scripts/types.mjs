// Generates the types of the API from the API's code: `npm run types`. They are made with those of sdk/typescript and, like
// them, not committed, so they are never out of date.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const SDK = `${ROOT}sdk/typescript`;

function run(command, ...parameters) {
  execFileSync(command, parameters, { cwd: ROOT, stdio: "inherit" });
}

run(`${ROOT}.venv/bin/python`, "-m", "infra.api_documents", "build/documents");
if (!existsSync(`${SDK}/node_modules/openapi-typescript`)) run("npm", "--prefix", SDK, "ci");
run("npm", "--prefix", SDK, "run", "--silent", "generate");
