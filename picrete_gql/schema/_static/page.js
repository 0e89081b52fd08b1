// GraphiQL over our own door: queries and mutations by POST, subscriptions over graphql-transport-ws.
// The tab “Headers” signs in, for both: {"Authorization": "Bearer …"}.
const url = new URL("/graphql", window.location.href);
const socketUrl = Object.assign(new URL(url), { protocol: url.protocol.replace("http", "ws") });
const post = GraphiQL.createFetcher({ url: url.href, headers: { "graphql-require-preflight": "1" } });

function isSubscription(params, document) {
  return (document?.definitions ?? []).some(
    (node) =>
      node.kind === "OperationDefinition" &&
      node.operation === "subscription" &&
      (!params.operationName || node.name?.value === params.operationName),
  );
}

function fetcher(params, options) {
  if (!isSubscription(params, options?.documentAST)) {
    return post(params, options);
  }
  const client = graphqlWs.createClient({ url: socketUrl.href, connectionParams: options?.headers ?? {}, retryAttempts: 0 });
  return client.iterate(params);
}

const defaultQuery = `# Sign in with the mutation signIn, then put the token into the tab “Headers” below:
# {"Authorization": "Bearer …"}

query Welcome {
  __typename
}
`;

ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, { fetcher, defaultQuery, defaultEditorToolsVisibility: true }),
);
