"use strict";

// Starts GraphiQL with the server's examples as tabs. Headers typed into it stay in the page: they
// may carry tokens and are never stored.
(() => {
  const root = document.getElementById("graphiql");
  const examples = JSON.parse(root.dataset.examples) ?? [];
  // GraphiQL reads the variables of the tab it opens with from this property alone; later visits
  // open with what the reader left behind.
  const firstVisit = localStorage.getItem("graphiql:tabState") === null;
  // The nonce with which its dialogs add style elements, see the page's Content-Security-Policy.
  globalThis.__webpack_nonce__ = root.dataset.nonce;
  ReactDOM.createRoot(root).render(
    React.createElement(GraphiQL, {
      fetcher: GraphiQL.createFetcher({ url: "/graphql" }),
      defaultTabs: examples.length > 0 ? examples.map(({ query, variables }) => ({ query, variables })) : undefined,
      variables: firstVisit ? examples[0]?.variables : undefined,
      shouldPersistHeaders: false,
    }),
  );
})();
