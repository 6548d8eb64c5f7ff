"""Checks messages against LINE's own description of its API as JSON Schema, if it lies beside the repository."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

OPENAPI = Path(__file__).parents[2] / "shared" / "line-openapi" / "messaging-api.json"


def problems_with(message: dict[str, Any]) -> list[str]:
    """Returns LINE's objections to a message object; [] if there are none, or if the description is not here."""
    if not OPENAPI.exists():
        return []
    return [error.message for error in validator("Message.any").iter_errors(message)]


@cache
def validator(name: str) -> Draft202012Validator:
    """Returns a validator of this schema; LINE's discriminators by `type` are rewritten as conditions."""
    return Draft202012Validator({"$defs": _with_choices(), "$ref": f"#/$defs/{name}"})


@cache
def _with_choices() -> dict[str, Any]:
    schemas = json.loads(OPENAPI.read_text().replace("#/components/schemas/", "#/$defs/"))["components"][
        "schemas"
    ]
    for name, schema in list(schemas.items()):
        mapping = schema.get("discriminator", {}).get("mapping")
        if mapping:
            branches = [
                {"if": {"properties": {"type": {"const": kind}}}, "then": {"$ref": target}}
                for kind, target in mapping.items()
            ]
            schemas[f"{name}.any"] = {"properties": {"type": {"enum": list(mapping)}}, "allOf": branches}
            schemas[f"{name}.any"]["required"] = ["type"]
    return {name: _point_at_choices(schema, schemas) for name, schema in schemas.items()}


def _point_at_choices(node: Any, schemas: dict[str, Any], inherited: bool = False) -> Any:
    if isinstance(node, list):
        return [_point_at_choices(each, schemas, inherited) for each in node]
    if not isinstance(node, dict):
        return node
    target = str(node.get("$ref", "")).rsplit("/", 1)[-1]
    if target and f"{target}.any" in schemas and not inherited:
        return {"$ref": f"#/$defs/{target}.any"}
    return {
        name: _point_at_choices(each, schemas, inherited=name in {"allOf", "then"})
        for name, each in node.items()
    }
