"""What an application's properties say: `application.properties`, `application.yml`, with profiles and placeholders."""

from __future__ import annotations

import posixpath
import re
from typing import Any

from msgspec import Struct, field

from github_connections.analysis.documents import lines_of, read_yaml
from github_connections.analysis.linking.program import File, Program
from github_connections.analysis.linking.values import hole
from github_connections.analysis.report import Place
from github_connections.analysis.unreadable import Unreadable

_NAMES = re.compile(r"^(bootstrap|application|microprofile-config)(?:-([\w-]+))?\.(properties|ya?ml)$")
_SERVED = re.compile(r"^([\w.-]+)\.(?:properties|ya?ml)$")
_TESTS = re.compile(r"(^|/)(test|tests|testFixtures|integrationTest|it|target|build)/")
_PLACEHOLDER = re.compile(r"\$\{([^${}:]+)(?::([^${}]*))?\}")
_DEFAULTED = re.compile(r"\$\{[^${}:]+:([^${}]*)\}")
_SEPARATOR = re.compile(r"^---.*$", re.MULTILINE)
_PROPERTY = re.compile(r"\s*([\w.\[\]%\"-]+)\s*[=:]\s*(.*)")
_MAXIMUM_PLACEHOLDERS = 20
_LISTS = ("intercept-url-map", ".access")  # of which somebody asks for the items


class Setting(Struct):
    """A value with the place that it is written at."""

    value: str
    place: Place


class Settings(Struct):
    """The settings of one application: what holds always, and by profile."""

    always: dict[str, Setting] = field(default_factory=dict)
    by_profile: dict[str, dict[str, Setting]] = field(default_factory=dict)

    @classmethod
    def saying(cls, name: str, setting: Setting) -> Settings:
        """Return settings of which one is known."""
        return cls({_plain(name): setting})

    def find(self, *names: str) -> Setting | None:
        """Return the first of these settings that is there, those of the active profiles first."""
        tables = [*(self.by_profile.get(profile, {}) for profile in self._profiles()), self.always]
        for table in tables:
            for name in names:
                if _plain(name) in table:
                    return table[_plain(name)]
        return self._agreed(names) if self._is_filled_in_when_built() else None

    def _agreed(self, names: tuple[str, ...]) -> Setting | None:
        """What all profiles say that say anything of a setting; None where they differ."""
        for name in map(_plain, names):
            found = [table[name] for table in self.by_profile.values() if name in table]
            if found and len({setting.value for setting in found}) == 1:
                return found[0]
        return None

    def _is_filled_in_when_built(self) -> bool:
        """Tell whether the build decides which profile is active: `active: '@profile@'`."""
        active = self.always.get(_plain("spring.profiles.active"))
        return active is not None and any(mark in _DEFAULTED.sub("", active.value) for mark in ("@", "${"))

    def asks_a_server(self) -> bool:
        """Tell whether the application asks a server of Spring Cloud Config for its settings."""
        imported = self.find("spring.config.import")
        return (imported is not None and "configserver:" in imported.value) or any(
            name.startswith("spring.cloud.config.") for name in self.always
        )

    def _profiles(self) -> list[str]:
        """The active profiles, the last one first; `default` where the settings name none."""
        active = self.always.get(_plain("spring.profiles.active"))
        said = _DEFAULTED.sub(r"\1", active.value) if active else "default"
        named = [name.strip(" @") for name in said.split(",")]
        return named[::-1]

    def resolve(self, text: str) -> str:
        """Fill in `${name}` and `${name:default}`; one that nobody sets stays visible."""
        for _ in range(_MAXIMUM_PLACEHOLDERS):
            match = _PLACEHOLDER.search(text)
            if match is None:
                break
            found = self.find(match.group(1))
            default = match.group(2)
            value = found.value if found else default if default is not None else hole(match.group(1))
            text = text[: match.start()] + value + text[match.end() :]
        return text

    def text(self, *names: str) -> Setting | None:
        """Return a setting with its placeholders filled in."""
        found = self.find(*names)
        return Setting(self.resolve(found.value), found.place) if found else None


def _plain(name: str) -> str:
    return re.sub(r"[-_\"]", "", name).lower()


class AllSettings:
    """The settings of every application of a program, by directory."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._directories: dict[str, list[tuple[str, str]]] = {}
        for path in program.all_paths:
            match = _NAMES.match(posixpath.basename(path))
            if match and not _TESTS.search(path):
                directory = posixpath.dirname(path)
                self._directories.setdefault(directory, []).append((path, match.group(2) or ""))
        self._read: dict[str, Settings] = {}
        self._near: dict[str, Settings] = {}
        self._named: dict[str, list[str]] | None = None

    def of(self, file: File) -> Settings:
        """Return the settings of the application that a file belongs to.

        They are those of its own module; else of the one application among the modules beside it.
        """
        home = module_of(file.path)
        known = self._near.get(home)
        if known is None:
            known = self._near[home] = self._nearest(home)
        return known

    def read(self, path: str) -> Settings:
        """Return what one file says by itself."""
        found = Settings()
        self._add(found, path, "")
        return found

    def add_below(self, file: File, said: Settings) -> None:
        """Add settings to those of a file's application, where these do not say the same."""
        known = self.of(file)
        for name, setting in said.always.items():
            if known.find(name) is None:
                known.always[name] = setting

    def _nearest(self, home: str) -> Settings:
        while True:
            below = [name for name in self._directories if not home or name == home or name.startswith(f"{home}/")]
            modules = sorted({module_of(f"{name}/x") for name in below})
            if len(modules) == 1 or (modules and home in modules):
                wanted = home if home in modules else modules[0]
                return self._merged([name for name in below if module_of(f"{name}/x") == wanted])
            if modules or not home:
                return Settings()
            home = posixpath.dirname(home)

    def _merged(self, directories: list[str]) -> Settings:
        key = "\n".join(sorted(directories))
        known = self._read.get(key)
        if known is None:
            known = self._read[key] = Settings()
            for directory in sorted(directories):
                for path, profile in sorted(self._directories[directory], key=_bootstrap_first):
                    self._add(known, path, profile)
            self._add_served(known)
        return known

    def _add_served(self, settings: Settings) -> None:
        """Add what a configuration server of the same repository serves: `shared/NAME.yml`, over what is here.

        Beside the files of the application those for all, `application.yml`, count where they are in the same place.
        """
        name = settings.text("spring.application.name")
        if name is None or not settings.asks_a_server():
            return
        own = self._files_named(name.value)
        for place in sorted({posixpath.dirname(path) for path in own}):
            for path, profile in sorted(self._directories.get(place, [])):
                self._add(settings, path, profile)
        for path in own:
            self._add(settings, path, "")

    def _files_named(self, name: str) -> list[str]:
        if self._named is None:
            named: dict[str, list[str]] = {}
            for path in self.program.all_paths:
                match = _SERVED.match(posixpath.basename(path))
                if match and not _TESTS.search(path):
                    named.setdefault(match.group(1), []).append(path)
            self._named = named
        return sorted(self._named.get(name, []))

    def _add(self, settings: Settings, path: str, profile: str) -> None:
        content = self.program.read(path)
        try:
            if content is None:
                return
            pages = _yaml(content, path) if not path.endswith(".properties") else [("", _properties(content, path))]
        except Unreadable:
            return  # a template of a file, not one that the application could start with
        for own_profile, found in pages:
            name = own_profile or profile
            (settings.by_profile.setdefault(name, {}) if name else settings.always).update(found)


def _bootstrap_first(item: tuple[str, str]) -> tuple[bool, str]:
    return not posixpath.basename(item[0]).startswith("bootstrap"), item[0]


def module_of(path: str) -> str:
    """Return the directory of the module that a file belongs to: what stands before `src/`."""
    found = re.search(r"(^|/)src/", path)
    if found:
        return path[: found.start()]
    directory = posixpath.dirname(path)
    return posixpath.dirname(directory) if posixpath.basename(directory) in ("config", "resources") else directory


def _properties(content: bytes, path: str) -> dict[str, Setting]:
    found = {}
    for number, line in enumerate(lines_of(content), 1):
        match = None if line.lstrip().startswith(("#", "!")) else _PROPERTY.match(line)
        if match and not match.group(1).startswith("%"):
            found[_plain(match.group(1))] = Setting(match.group(2).rstrip(), Place(path, number))
    return found


def _yaml(content: bytes, path: str) -> list[tuple[str, dict[str, Setting]]]:
    """Return the documents of a file, each with the profile that it is for."""
    lines = lines_of(content)
    pages = []
    for page in _SEPARATOR.split("\n".join(lines)):
        # A placeholder of a build (`@version@`) is no YAML.
        data = read_yaml(re.sub(r"(:\s+)@([\w.-]+)@", r"\1'@\2@'", page).encode())
        found: dict[str, Setting] = {}
        _flatten(data, "", found, path, lines)
        profile = found.get(_plain("spring.config.activate.on-profile")) or found.get("spring.profiles")
        pages.append((profile.value if profile else "", found))
    return pages


def _flatten(data: Any, prefix: str, found: dict[str, Setting], path: str, lines: list[str]) -> None:
    if isinstance(data, dict):
        for key, value in data.items():
            _flatten(value, f"{prefix}.{key}" if prefix else str(key), found, path, lines)
    elif isinstance(data, list) and prefix.endswith(_LISTS):
        for number, item in enumerate(data):
            _flatten(item, f"{prefix}[{number}]", found, path, lines)
    elif isinstance(data, str | int | float):
        last = prefix.rpartition(".")[2]
        line = next((number for number, text in enumerate(lines, 1) if text.strip().startswith(f"{last}:")), 1)
        found[_plain(prefix)] = Setting(str(data), Place(path, line))
