"""`driftline models`: which versions there are, who serves, and why."""

from typing import Annotated, Any

import typer

from driftline.cli.links import linked
from driftline.cli.output import print_json, print_table, print_text


def models(
    name: Annotated[str | None, typer.Argument(help="One model, with its versions and its history.")] = None,
    at: Annotated[str | None, typer.Option(help="Who was champion then: 2025-05-01 or 2025-05-01T12:00:00Z.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List models with their champions, or show one: its versions, who served when, and why."""
    from driftline.clock import parse_time
    from driftline.errors import InvalidInputError
    from driftline.registry import describe_champion, describe_model, list_models
    from driftline.workspace import read_workspace

    workspace = read_workspace()
    if name is None:
        if at is not None:
            raise InvalidInputError("--at asks about one model. Name it: driftline models NAME --at 2025-05-01.")
        _print_models(list_models(workspace), where=workspace.database.url, as_json=as_json)
    elif at is not None:
        _print_champion(linked(describe_champion(workspace, name, parse_time(at))), as_json=as_json)
    else:
        model = describe_model(workspace, name)
        _print_model(model | {"versions": [linked(version) for version in model["versions"]]}, as_json=as_json)


def _print_models(models: list[dict[str, Any]], *, where: str, as_json: bool) -> None:
    if as_json:
        print_json(models)
        return
    print_table(
        "Models",
        ("model", "champion", "since", "challenger", "versions", "why"),
        [(m["model"], m["champion"], m["since"], m["challenger"], m["versions"], m["reason"]) for m in models],
        empty=f"No models in {where} yet. Materialize one in Dagster (driftline dev), or start with driftline demo.",
    )


def _print_champion(answer: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(answer)
        return
    if answer["version"] is None:
        print_text(f"{answer['model']} had no champion at {answer['at']:%Y-%m-%d %H:%M} UTC.")
        return
    print_table(f"{answer['model']}@champion at {answer['at']:%Y-%m-%d %H:%M} UTC", ("", ""), answer.items(), empty="")


def _print_model(model: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(model)
        return
    print_table(
        f"Versions of {model['model']}, newest first",
        ("version", "alias", "trained through", "flavor", "run", "digest"),
        [
            (v["version"], v["alias"], v["trained_through"], v["flavor"], v["run_id"][:8], v["digest"][:12])
            for v in model["versions"]
        ],
        empty=f"{model['model']} has no versions yet.",
    )
    trained = next((version for version in model["versions"] if version["dagster_run_url"]), None)
    if trained is not None:
        print_text(f"The training of version {trained['version']} in Dagster: {trained['dagster_run_url']}")
    print_table(
        "\nWho was champion, newest first",
        ("since", "version", "after", "by", "why"),
        [(e["effective_at"], e["version"], e["previous"], e["actor"], e["reason"]) for e in model["history"]],
        empty="\nNobody was champion yet.",
    )
    if model["shadows"]:
        print_table(
            "\nWho was in the champion's shadow, newest first",
            ("since", "version", "after", "by", "why"),
            [(e["effective_at"], e["version"], e["previous"], e["actor"], e["reason"]) for e in model["shadows"]],
            empty="",
        )
