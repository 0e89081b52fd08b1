// Apollo Client: queries, refusals, persisted documents, subscriptions over graphql-ws.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from "@apollo/client";
import { CombinedGraphQLErrors } from "@apollo/client/errors";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { attempt, bearer, run, save, SAVE, socketUrl, url, WATCH, withTimeout } from "./shared.mjs";

const http = (more = {}) => new HttpLink({ uri: url, headers: bearer("STUDENT"), ...more });
const open = (link) => new ApolloClient({ link, cache: new InMemoryCache() });
const ME = gql`query Me { me { id username } }`;

await run({
  "a query": async () => {
    const found = await open(http()).query({ query: ME });
    assert.equal(found.data.me.username, "student");
  },
  "a query by GET": async () => {
    const link = http({ useGETForQueries: true, headers: { ...bearer("STUDENT"), "apollo-require-preflight": "1" } });
    assert.equal((await open(link).query({ query: ME })).data.me.username, "student");
  },
  "a mutation": async () => {
    const variables = { input: { id: attempt, draft: { apollo: true } } };
    const found = await open(http()).mutate({ mutation: gql(SAVE), variables });
    assert.equal(found.data.attemptSave.problem, null);
  },
  "a bad document": async () => {
    const asked = open(http()).query({ query: gql`query Bad { nobodyKnowsThis }` });
    await assert.rejects(asked, (error) => CombinedGraphQLErrors.is(error));
  },
  "a refusal": async () => {
    const asked = open(http({ headers: {} })).query({ query: ME, errorPolicy: "all" });
    const found = await asked;
    assert.equal(found.error.errors[0].extensions.code, "UNAUTHENTICATED");
  },
  "documents by hash": async () => {
    const sent = [];
    const spy = (address, options) => (sent.push(JSON.parse(options.body)), fetch(address, options));
    const sha256 = (text) => createHash("sha256").update(text).digest("hex");
    const query = gql(`query Hashed${process.pid} { serverTime }`);
    for (let n = 0; n < 2; n++) {
      const link = ApolloLink.from([new PersistedQueryLink({ sha256 }), http({ fetch: spy })]);
      assert.ok((await open(link).query({ query })).data.serverTime);
    }
    assert.deepEqual(sent.map((body) => "query" in body), [false, true, false]);
  },
  "a subscription": async () => {
    const mark = `apollo-${process.pid}`;
    const socket = createClient({ url: socketUrl, webSocketImpl: WebSocket, connectionParams: bearer("STUDENT") });
    const seen = new Promise((resolve, reject) => {
      open(new GraphQLWsLink(socket))
        .subscribe({ query: gql(WATCH), variables: { id: attempt } })
        .subscribe({ next: ({ data }) => data.attemptChanged.draft?.mark === mark && resolve(), error: reject });
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await save({ mark });
    await withTimeout(seen, "the change");
    await socket.dispose();
  },
});
