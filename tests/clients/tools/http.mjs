// The audits of graphql-http. Its GETs carry the header by which the door knows that no other page has sent them.
import { serverAudits } from "graphql-http";
import { run, url } from "./shared.mjs";

const fetchFn = (address, options = {}) =>
  fetch(address, { ...options, headers: { ...options.headers, "graphql-require-preflight": "1" } });
const checks = {};
for (const audit of serverAudits({ url, fetchFn })) {
  checks[`${audit.id} ${audit.name}`] = async () => {
    const result = await audit.fn();
    if (result.status !== "ok") throw new Error(result.reason);
  };
}
await run(checks);
