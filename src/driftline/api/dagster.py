"""Dagster's own GraphQL API, which runs and backfills are launched over."""

from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from driftline.api.errors import DagsterRefusedError, DagsterUnavailableError
from driftline.masking import public_url

TIMEOUT_S = 30

_JOBS = """
query { repositoriesOrError { ... on RepositoryConnection {
  nodes { name location { name } jobs { name } }
} } }
"""
_BACKFILL = """
mutation ($params: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $params) {
  __typename
  ... on LaunchBackfillSuccess { backfillId }
  ... on Error { message }
} }
"""
_RUN = """
mutation ($params: ExecutionParams!) { launchRun(executionParams: $params) {
  __typename
  ... on LaunchRunSuccess { run { runId } }
  ... on RunConfigValidationInvalid { errors { message } }
  ... on Error { message }
} }
"""


class Dagster:
    """Launches what is asked for on Dagster's web server.

    Attributes:
        url: of its pages, without a slash at the end, and without the user and password that it may ask for.
    """

    def __init__(self, url: str) -> None:
        self.url = public_url(url).rstrip("/")
        self._address = url.rstrip("/")

    async def backfill(
        self, assets: Sequence[Sequence[str]], partitions: Sequence[str], tags: Mapping[str, str]
    ) -> str:
        """Launch a backfill of assets for partitions and return its id.

        Raises:
            DagsterUnavailableError: nobody answers.
            DagsterRefusedError: it does not know the assets, or has another reason.
        """
        params = {
            "assetSelection": [{"path": list(path)} for path in assets],
            "partitionNames": list(partitions),
            "tags": _tags(tags),
        }
        answer = (await self._ask(_BACKFILL, params=params))["launchPartitionBackfill"]
        if answer["__typename"] != "LaunchBackfillSuccess":
            raise DagsterRefusedError(_why(answer))
        return str(answer["backfillId"])

    async def run(self, job: str, config: Mapping[str, Any], tags: Mapping[str, str]) -> str:
        """Launch a run of a job and return its id.

        Raises:
            DagsterUnavailableError: nobody answers.
            DagsterRefusedError: it does not know the job, or refuses its configuration.
        """
        params = {
            "selector": {**await self._place(job), "jobName": job},
            "runConfigData": config,
            "executionMetadata": {"tags": _tags(tags)},
        }
        answer = (await self._ask(_RUN, params=params))["launchRun"]
        if answer["__typename"] != "LaunchRunSuccess":
            raise DagsterRefusedError(_why(answer))
        return str(answer["run"]["runId"])

    async def _place(self, job: str) -> dict[str, str]:
        """Return the code location and the repository that have a job."""
        nodes = (await self._ask(_JOBS))["repositoriesOrError"].get("nodes", [])
        for node in nodes:
            if job in {declared["name"] for declared in node["jobs"]}:
                return {"repositoryLocationName": node["location"]["name"], "repositoryName": node["name"]}
        raise DagsterRefusedError(f"no code location has the job {job!r}")

    async def _ask(self, query: str, **variables: Any) -> dict[str, Any]:
        try:
            address = httpx.URL(f"{self._address}/graphql")
            auth = httpx.BasicAuth(address.username, address.password) if address.userinfo else None
            async with httpx.AsyncClient(timeout=TIMEOUT_S, auth=auth) as client:
                public = address.copy_with(userinfo=b"")  # the one that httpx writes into the log
                answer = await client.post(public, json={"query": query, "variables": variables})
            answer.raise_for_status()
            payload: dict[str, Any] = answer.json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise DagsterUnavailableError(self.url, f"{type(error).__name__}: {error}".strip(": ")) from None
        if payload.get("errors"):
            raise DagsterRefusedError(str(payload["errors"][0].get("message")))
        data: dict[str, Any] = payload["data"]
        return data


def _tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in tags.items()]


def _why(answer: Mapping[str, Any]) -> str:
    messages = [fault["message"] for fault in answer.get("errors", [])]
    return " ".join(messages) or str(answer.get("message") or answer["__typename"])
