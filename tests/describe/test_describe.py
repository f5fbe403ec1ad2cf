"""The published descriptions say what the code does, all of it and nothing else."""

import re
from pathlib import Path
from typing import Any, get_args

import orjson
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from engine import describe
from engine.describe.codes import close_codes, codes, limits
from engine.describe.glossary import CHINESE, FIELDS, OWN_WORDS, words
from engine.describe.operations import OPERATIONS
from engine.describe.protocol import with_codes
from engine.describe.schemas import EXAMPLES, TO_HOUSE, example, fields, names, roles, schemas
from engine.domain.refusals import Reason
from engine.gateway.pages import PUBLISHED
from engine.gateway.site import DESCRIBED
from engine.wire.codec import dumps
from engine.wire.messages import Act, Message, read_frame
from engine.wire.refusals import Fault
from engine.wire.shapes.events import EVENTS
from engine.wire.shapes.frames import FRAMES
from engine.wire.shapes.parts import PARTS
from tests.cli.program import luochui

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "frames"
PROTOCOL = (PUBLISHED / "PROTOCOL.md").read_text(encoding="utf-8")
OPENAPI = describe.openapi()
ASYNCAPI = describe.asyncapi()
KNOWN = schemas()
CHINESE_TEXT = re.compile(r"[\u4e00-\u9fff]")


def golden(name: str) -> list[dict[str, Any]]:
    lines = (GOLDEN / name).read_text(encoding="utf-8").splitlines()
    return [orjson.loads(line)["frame"] for line in lines]


def validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/components/schemas/{schema}", "components": {"schemas": KNOWN}})


# As published.


@pytest.mark.parametrize("name", ["openapi", "asyncapi"])
def test_what_is_published_is_what_the_code_says_now(name: str) -> None:
    made = describe.written(getattr(describe, name)())
    assert (PUBLISHED / f"{name}.json").read_text(encoding="utf-8") == made, "run `make api`"
    assert orjson.loads(made) == getattr(describe, name)()


def test_the_codes_in_the_protocol_are_those_of_the_code() -> None:
    assert with_codes(PROTOCOL) == PROTOCOL, "run `make api`"


@pytest.mark.parametrize("name", ["openapi", "asyncapi"])
def test_the_command_line_prints_what_is_published(name: str) -> None:
    assert luochui("api", f"--{name}").stdout == (PUBLISHED / f"{name}.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("flags", [[], ["--openapi", "--asyncapi"]])
def test_the_command_line_prints_one_at_a_time(flags: list[str]) -> None:
    assert luochui("api", *flags).returncode == 2


# As the standards want it.


def test_the_openapi_document_is_one() -> None:
    assert [str(error) for error in OpenAPIV31SpecValidator(OPENAPI).iter_errors()] == []


def test_every_schema_is_one() -> None:
    for schema in KNOWN.values():
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("document", [OPENAPI, ASYNCAPI], ids=["openapi", "asyncapi"])
def test_every_reference_leads_somewhere_and_no_schema_stands_idle(document: dict[str, Any]) -> None:
    for pointer in _references(document):
        node: Any = document
        for step in pointer.removeprefix("#/").split("/"):
            node = node[step]
    used = {ref.rpartition("/")[2] for ref in _references(document) if ref.startswith("#/components/schemas/")}
    assert set(document["components"]["schemas"]) == used


def test_the_asyncapi_document_has_the_sections_of_one() -> None:
    assert ASYNCAPI["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= ASYNCAPI["info"].keys()
    [channel] = ASYNCAPI["channels"].values()
    assert set(re.findall(r"\{(\w+)\}", channel["address"])) == channel["parameters"].keys()
    assert {operation["action"] for operation in ASYNCAPI["operations"].values()} == {"send", "receive"}
    of_operations = [each["$ref"] for operation in ASYNCAPI["operations"].values() for each in operation["messages"]]
    assert len(of_operations) == len(set(of_operations)) == len(channel["messages"])


def _references(node: Any) -> set[str]:
    if isinstance(node, list):
        return set().union(*map(_references, node)) if node else set()
    if not isinstance(node, dict):
        return set()
    found = {node["$ref"]} if "$ref" in node else set(node.get("mapping", {}).values())
    return found.union(*map(_references, node.values()))


# All there is.


def test_every_route_is_described_and_explained_in_both_languages() -> None:
    described = {
        (method.upper(), path, operation["operationId"])
        for path, methods in OPENAPI["paths"].items()
        for method, operation in methods.items()
    }
    assert described == {(method, re.sub(r":\w+\}", "}", path), name) for method, path, name in DESCRIBED}
    assert OPERATIONS.keys() == {name for _, _, name in DESCRIBED}
    assert all(CHINESE_TEXT.search(said.zh) and not CHINESE_TEXT.search(said.en) for said in OPERATIONS.values())


def test_where_something_is_sent_it_is_described_that_it_may_be_too_much() -> None:
    taking = [each for path in describe.openapi()["paths"].values() for each in path.values() if "requestBody" in each]
    assert taking
    assert all("413" in each["responses"] for each in taking)


def test_every_frame_is_described_and_every_described_one_exists() -> None:
    assert {kind.__name__ for kind in TO_HOUSE.values()} == {kind.__name__ for kind in get_args(Message)}
    described = set(ASYNCAPI["components"]["messages"])
    assert described == {f"to_house.{tag}" for tag in TO_HOUSE} | {f"from_house.{tag}" for tag in FRAMES}
    commands = OPENAPI["paths"]["/api/sales/{sale}/commands"]["post"]["requestBody"]["content"]["application/json"]
    assert commands["examples"].keys() == TO_HOUSE.keys() - {"hello", "time", "seen"}


def test_every_code_is_described() -> None:
    told = [code["code"] for code in codes()]
    assert sorted(told) == sorted([*Fault, *Reason])


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_every_schema_and_field_has_words_in_both_languages(name: str) -> None:
    schema = KNOWN[name]
    assert CHINESE_TEXT.search(CHINESE[name])
    assert schema["description"]
    for field, described in fields(schema):
        assert words(name, field) is not None, f"{name}.{field}: say what it is in engine/describe/glossary.py"
        assert CHINESE_TEXT.search(described["x-zh"])
        assert not CHINESE_TEXT.search(described["description"])


def test_no_word_is_kept_for_what_is_not_there() -> None:
    there = {(name, field) for name, schema in KNOWN.items() for field, _ in fields(schema)}
    assert FIELDS.keys() <= {field for _, field in there}
    assert OWN_WORDS.keys() <= {f"{name}.{field}" for name, field in there}
    assert CHINESE.keys() == KNOWN.keys()


def test_limits_and_close_codes_are_named_in_both_languages() -> None:
    for said in (*limits(), *close_codes()):
        assert CHINESE_TEXT.search(said["zh"])
        assert not CHINESE_TEXT.search(said["en"])


# What stands in PROTOCOL.md.


@pytest.mark.parametrize("name", [*TO_HOUSE, *FRAMES, *PARTS, *EVENTS, *Fault, *Reason])
def test_every_frame_part_event_and_code_stands_in_the_protocol(name: str) -> None:
    shown = rf"`{re.escape(name)}[` {{]" if name not in EVENTS else rf"[` \"]{name}[` \"{{]"
    assert re.search(shown, PROTOCOL), name


@pytest.mark.parametrize(("method", "path"), [(method, path) for method, path, _ in DESCRIBED])
def test_every_route_stands_in_the_protocol(method: str, path: str) -> None:
    plain = re.sub(r":\w+\}", "}", path)
    shown = re.sub(r"\{view\}", "hall", plain)
    shorter = "…" + plain.removeprefix("/api/sales/{sale}")
    ways = [f"`{method} {plain}`", f"`{method} {plain}?", f"`{shown}`", f"`{shorter}`"]
    assert any(way in PROTOCOL for way in ways), ways


@pytest.mark.parametrize("kind", [*TO_HOUSE.values(), *FRAMES.values()])
def test_every_field_of_every_frame_stands_in_the_protocol(kind: type[Any]) -> None:
    for field in kind.__struct_encode_fields__:
        assert re.search(rf"\b{field}\b", PROTOCOL), f"{kind.__name__}.{field}"


@pytest.mark.parametrize("name", PARTS)
def test_every_field_of_every_part_stands_in_its_row(name: str) -> None:
    row = re.findall(rf"^\| `{re.escape(name)}` \|.*$", PROTOCOL, re.MULTILINE)[-1]
    kind = next(each for each in (*get_args(PARTS[name]), PARTS[name]) if each is not type(None))
    for field in kind.__struct_encode_fields__:
        assert re.search(rf"\b{field}\b", row), f"{name}: {field}"


# What is true of frames.


@pytest.mark.parametrize("frame", golden("client.jsonl"), ids=lambda frame: frame["type"])
def test_frames_that_are_taken_have_their_schema(frame: dict[str, Any]) -> None:
    validator(TO_HOUSE[frame["type"]].__name__).validate(frame)


@pytest.mark.parametrize("frame", golden("server.jsonl"), ids=lambda frame: frame["type"])
def test_frames_the_house_sends_have_their_schema(frame: dict[str, Any]) -> None:
    validator(FRAMES[frame["type"]].__name__).validate(frame)


@pytest.mark.parametrize("tag", TO_HOUSE)
def test_the_example_of_a_frame_is_one_the_house_takes(tag: str) -> None:
    kind = TO_HOUSE[tag]
    made = example(kind.__name__, KNOWN)
    validator(kind.__name__).validate(made)
    assert type(read_frame(dumps(made))) is kind


def test_a_field_that_may_be_left_out_may_not_be_null() -> None:
    assert not validator("Hello").is_valid({"type": "hello", "protocol": 1, "ticket": None})
    assert validator("Hello").is_valid({"type": "hello", "protocol": 1})
    assert not validator("Bid").is_valid({**example("Bid", KNOWN), "more": 1})


def test_who_may_send_a_command_is_what_the_rules_say() -> None:
    by_tag = {tag: roles(kind, KNOWN) for tag, kind in TO_HOUSE.items()}
    assert by_tag["bid"] == ["bidder"]
    assert by_tag["hall_bid"] == ["clerk"]
    assert by_tag["hammer"] == ["auctioneer"]
    assert by_tag["time"] == by_tag["outcome"] == []
    assert all(by_tag[tag] for tag, kind in TO_HOUSE.items() if kind in get_args(Act))


def test_every_value_kept_for_examples_is_one_of_a_field() -> None:
    there = {field for schema in KNOWN.values() for field, _ in fields(schema)}
    assert EXAMPLES.keys() <= there


def test_references_are_found_wherever_they_stand() -> None:
    assert set(names([{"a": {"$ref": "#/components/schemas/X"}}, 1])) == {"X"}
