// graphql-inspector: what would break clients of the last release must be declared in docs/schema/breaking.json.
import { readFileSync } from "node:fs";
import { diff } from "@graphql-inspector/core";
import { buildSchema } from "graphql";

const [released, current, declared] = process.argv.slice(2);
const read = (path) => buildSchema(readFileSync(path, "utf8"));
const allowed = new Set(JSON.parse(readFileSync(declared, "utf8")));
const changes = await diff(read(released), read(current));
const breaking = changes.filter((change) => change.criticality.level === "BREAKING");
const undeclared = breaking.filter((change) => !allowed.has(change.message));
for (const change of undeclared) console.log(`BREAKING ${change.path}: ${change.message}`);
console.log(`${changes.length} changes, ${breaking.length} breaking, ${undeclared.length} of them undeclared`);
process.exit(undeclared.length ? 1 : 0);
