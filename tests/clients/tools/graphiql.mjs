// GraphiQL in a real browser: no other server is asked, the policy holds, queries and subscriptions work.
import assert from "node:assert/strict";
import puppeteer from "puppeteer-core";
import { attempt, bearer, run, save, withTimeout } from "./shared.mjs";

const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
const complaints = [];

async function page(query, headers) {
  const found = await browser.newPage();
  await found.setViewport({ width: 1300, height: 800 });
  found.on("console", (line) => ["error", "warn"].includes(line.type()) && complaints.push(line.text()));
  found.on("pageerror", (error) => complaints.push(String(error)));
  found.on("requestfailed", (request) => complaints.push(`failed: ${request.url()}`));
  found.on("request", (request) => {
    const address = request.url();
    if (!address.startsWith(process.env.PICRETE_URL) && !address.startsWith("data:")) complaints.push(address);
  });
  await found.goto(process.env.PICRETE_URL + "/graphql", { waitUntil: "networkidle0" });
  if (query) {
    const tab = { query, headers: JSON.stringify(headers), variables: "", operationName: null };
    await found.evaluate((state) => {
      localStorage.setItem("graphiql:shouldPersistHeaders", "true");
      localStorage.setItem("graphiql:tabState", JSON.stringify({ activeTabIndex: 0, tabs: [state] }));
      localStorage.setItem("graphiql:query", state.query);
      localStorage.setItem("graphiql:headers", state.headers);
    }, { id: "t", title: "t", hash: null, response: null, ...tab });
    await found.reload({ waitUntil: "networkidle0" });
  }
  return found;
}

async function shows(found, text) {
  const seen = (wanted) => document.querySelector(".result-window")?.innerText.includes(wanted);
  await withTimeout(found.waitForFunction(seen, { timeout: 15_000 }, text), text);
}

await run({
  "a query": async () => {
    const found = await page();
    await found.click("button.graphiql-execute-button");
    await shows(found, '"__typename": "Query"');
  },
  "the documentation": async () => {
    const found = await page();
    await found.click('button[aria-label="Show Documentation Explorer"]');
    await found.waitForSelector(".graphiql-doc-explorer");
    await found.waitForFunction(() => document.querySelector(".graphiql-doc-explorer").innerText.includes("Subscription"));
    if (process.env.PICRETE_SHOT) await found.screenshot({ path: process.env.PICRETE_SHOT });
  },
  "a subscription": async () => {
    const query = `subscription { attemptChanged(id: "${attempt}") { draft } }`;
    const found = await page(query, bearer("STUDENT"));
    await found.click("button.graphiql-execute-button");
    await shows(found, '"draft"');
    await save({ mark: "seen in the browser" });
    await shows(found, "seen in the browser");
  },
  "nothing was complained of": async () => {
    await browser.close();
    assert.deepEqual(complaints, []);
  },
});
