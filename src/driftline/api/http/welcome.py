"""The page that a browser gets: where the schema is and how to ask. It loads nothing from anywhere."""

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>driftline API</title>
<link rel="icon" href="data:,">
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 3rem auto; padding: 0 1rem }
  pre { padding: 1rem; border: 1px solid #8888; white-space: pre-wrap; overflow-wrap: anywhere }
</style>
<h1>driftline API</h1>
<p>GraphQL answers at <code>/graphql</code> (POST, JSON). It reads, takes labels, and launches
backfills and backtests on Dagster. The database's health is at
<a href="/healthz">/healthz</a>, the schema at <a href="/schema.graphql">/schema.graphql</a>.</p>
<p>Who is champion, and why?</p>
<pre>curl -s http://{host}/graphql -H 'Content-Type: application/json' -d '{
  "query": "{ models { name champion { version { number } effectiveAt actor reason } } }"
}'</pre>
<p>The newest runs:</p>
<pre>curl -s http://{host}/graphql -H 'Content-Type: application/json' -d '{
  "query": "{ runs(first: 10) { nodes { runId name status metrics { key last } } } }"
}'</pre>
<p>Ready-made queries to copy are in the folder <code>graphql/operations/</code> of the project.</p>
</html>
"""


def page(host: str) -> str:
    """Return the page for a client that reached the server as `host`, a checked Host header."""
    return PAGE.replace("{host}", host)
