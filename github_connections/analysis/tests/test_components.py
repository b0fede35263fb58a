"""What the report says of a component beside its name: what it takes, what it sends, what it leaves room for."""

from __future__ import annotations

from pathlib import Path

import pytest

from github_connections.analysis import Limits, in_process, pipeline
from github_connections.analysis.report import Component, Report
from github_connections.analysis.tests.test_fixtures import FIXTURES
from github_connections.analysis.tests.trees import ParsersHere, make_tree


@pytest.fixture(autouse=True)
def parse_right_here(monkeypatch):
    """Small repositories need no processes of their own."""
    monkeypatch.setattr(pipeline, "Parsers", ParsersHere)


def report_of(path: Path) -> Report:
    return in_process.analyze_here(path, Limits(processes=1))


def components_of(path: Path) -> dict[str, Component]:
    return {row.name: row for row in report_of(path).components}


PROPS = {
    "vue/single_files": {
        "PlantCard": ["lastWatered", "light", "plant", "selected"],
        "PlantList": ["plants", "sorted"],
        "Counter": ["max-count", "modelValue", "step"],
        "FlowerForm": ["colours", "season"],
        "GardenTool": ["label"],
        "tool-shed": ["tools"],
        "GardenFence": ["gate", "height"],
        "drawer": [],
    },
    "vue/scripts": {
        "Apple": ["height"],
        "PearTree": ["ripe"],
        "Leaf": ["colour"],
        "Divider": ["dashed"],
        "Ladder": ["rungs"],
        "old-basket": ["apples"],
        "FruitBasket": ["fruits"],
        "Orchard": [],
    },
    "angular/standalone": {
        "BerthComponent": ["number", "occupied", "tide", "vessel"],
        "Crane": ["idle", "load"],
        "Rope": [],
        "App": [],
    },
    "angular/modules": {"CrateComponent": ["fragile", "sender", "stamp", "weight"], "LiftButton": ["floors"]},
    "angular/lookalikes": {"TideComponent": ["level"]},
    "svelte/four": {"Lamp": ["brightness", "colour", "tower", "type"], "lib": ["keeper"], "Fog": [], "App": []},
    "svelte/five": {
        "Entry": ["children", "draft", "header", "onsave", "title", "written"],
        "Wind": ["force", "wind-direction"],
        "All": ["first", "second"],
        "Row": ["entry"],
    },
}


@pytest.mark.parametrize("case", PROPS)
def test_props_go_by_the_names_that_a_template_writes(case):
    """Aliases, inherited inputs, types of other files, models: every way to declare one."""
    found = {name: row.props for name, row in components_of(FIXTURES / case).items()}
    assert found == PROPS[case]


EVENTS = {
    "vue/single_files": {"PlantCard": ["update:selected", "water"], "Counter": ["update:modelValue"]},
    "angular/standalone": {
        "BerthComponent": ["left", "occupiedChange", "shifted", "turned"],
        "Crane": ["lifted", "set"],
    },
    "angular/modules": {"CrateComponent": ["opened"], "LiftButton": ["arrived"]},
    "svelte/four": {"Lamp": ["lit"]},
}


@pytest.mark.parametrize("case", EVENTS)
def test_events_are_those_that_a_component_declares(case):
    """By decorator, signal, macro or dispatcher; nothing for the components that send none."""
    found = {name: row.events for name, row in components_of(FIXTURES / case).items() if row.events}
    assert found == EVENTS[case]


SLOTS = {
    "vue/single_files": {"drawer": ["default", "handle"]},
    "angular/standalone": {"BerthComponent": ["[crane]", "default"]},
    "angular/modules": {"LiftButton": ["default"]},
    "svelte/four": {"Lamp": ["default", "glass"]},
    "svelte/five": {"Entry": ["default", "header"]},
}


@pytest.mark.parametrize("case", SLOTS)
def test_slots_are_the_places_left_to_others(case):
    """A snippet that a component declares for itself is none."""
    found = {name: row.slots for name, row in components_of(FIXTURES / case).items() if row.slots}
    assert found == SLOTS[case]


def test_what_hangs_at_a_component_is_nothing_that_it_takes():
    """`Fan.Stand` is another component, though the type of Fan speaks of it."""
    assert components_of(FIXTURES / "react/shapes")["Fan"].props == ["blades"]


def test_angulars_selectors_are_reported():
    """A test finds an Angular component by its selector, not by its class."""
    found = {name: row.selector for name, row in components_of(FIXTURES / "angular/standalone").items()}
    assert found == {
        "App": "app-root",
        "BerthComponent": "app-berth, [appBerth]",
        "Crane": "app-crane",
        "Rope": "app-rope",
    }


@pytest.mark.parametrize("case", ["vue/scripts", "angular/modules", "svelte/four", "react/shapes"])
def test_a_repository_of_components_alone_has_a_framework(case):
    """What the components are made with is the framework, with the manifest as evidence."""
    name, report = case.partition("/")[0], report_of(FIXTURES / case)
    assert report.framework == name
    found = next(one for one in report.frameworks if one.name == name)
    assert found.kind == "client"
    assert found.evidence[0]["file"] == "package.json"


def test_events_of_vue_by_signatures_lists_and_templates(tmp_path):
    """All that a person may write for `defineEmits`, and what a template sends without a word."""
    signed = 'defineEmits<{\n  (e: "saved" | "closed", id: number): void;\n}>();'
    tree = {
        "Signed.vue": f'<script setup lang="ts">\n{signed}\n</script>\n',
        "Listed.vue": "<script setup>\nconst emit = defineEmits(['one', 'two']);\n</script>\n",
        "Plain.vue": "<i @click=\"$emit('picked')\" />\n<script>\nexport default { emits: ['kept'] };\n</script>\n",
    }
    found = {name: row.events for name, row in components_of(make_tree(tmp_path / "vue", tree)).items()}
    assert found == {"Signed": ["closed", "saved"], "Listed": ["one", "two"], "Plain": ["kept", "picked"]}


def test_props_of_react_by_types_of_other_files(tmp_path):
    """A type may be imported, handed on by an index file, picked from or cut down."""
    tree = {
        "package.json": '{"dependencies": {"react": "^19.0.0"}}',
        "types/bird.ts": "export interface Bird { wings: number; song: string; nest?: string }\n",
        "types/index.ts": 'export * from "./bird";\n',
        "Wren.tsx": (
            'import type { Bird } from "./types";\n'
            "export const Wren = (props: Bird) => <i>{props.song}</i>;\n"
            'export function Quiet({ wings }: Omit<Bird, "song">) { return <i>{wings}</i>; }\n'
            'export function Bare(props: Pick<Bird, "wings" | "nest">) { return <i>{props.nest}</i>; }\n'
            "export const Held = forwardRef<HTMLElement, Bird>(({ wings }, ref) => <i ref={ref}>{wings}</i>);\n"
            "export const Kept = memo<Bird>((props) => <i>{props.song}</i>);\n"
        ),
    }
    found = {name: row.props for name, row in components_of(make_tree(tmp_path / "react", tree)).items()}
    every = ["nest", "song", "wings"]
    assert found == {"Wren": every, "Quiet": ["nest", "wings"], "Bare": ["nest", "wings"], "Held": every, "Kept": every}


def test_props_of_react_that_are_listed(tmp_path):
    """Older components have `propTypes`, beside a function or in a class."""
    tree = {
        "package.json": '{"dependencies": {"react": "^16.0.0"}}',
        "birds.jsx": (
            "export function Wren(props) { return <i>{props.song}</i>; }\n"
            "Wren.propTypes = { song: PropTypes.string, nest: PropTypes.func.isRequired };\n"
            "export class Owl extends React.Component {\n"
            "  static propTypes = { wings: PropTypes.number };\n"
            "  render() { return <i>{this.props.wings}</i>; }\n"
            "}\n"
        ),
    }
    found = {name: row.props for name, row in components_of(make_tree(tmp_path / "react", tree)).items()}
    assert found == {"Wren": ["nest", "song"], "Owl": ["wings"]}


def test_an_import_in_a_comment_makes_no_component(tmp_path):
    """Whether a file was parsed for something else or not, its own imports count."""
    lazy = 'export const Panel = lazy(() => import("./panel"))'
    make_tree(
        tmp_path,
        {
            "package.json": '{"dependencies": {"react": "18"}}',
            "src/mine.ts": f'// import {{ lazy }} from "react"\nimport {{ lazy }} from "./tools"\n{lazy}',
            "src/theirs.ts": f'import {{ lazy }} from "react"\n{lazy}',
        },
    )
    assert [(row.name, row.file) for row in report_of(tmp_path).components] == [("Panel", "src/theirs.ts")]
