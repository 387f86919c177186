"""Load: the text of a profile, or of printers.yml and its like, as what it states. Knows the shape, not the meaning."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from deskprov.formats import strict_yaml
from deskprov.formats.near_miss import near_miss
from deskprov.formats.option_problems import shown
from deskprov.model.names import is_name, is_reserved
from deskprov.model.platform import Platform
from deskprov.model.problem import MOST_TOLD, Problem
from deskprov.model.profile import ProfileFile, SiteEntries, StatedResource
from deskprov.model.resource_type import ONLY_ONE, THIS, ResourceType
from deskprov.model.source import Document, Source, ValuePath, path_words

FOLDER = "profiles"
SHIPPED = "files"
"""Folders of this name below profiles/ hold files for machines, not profiles."""

DEFAULTS = "defaults"
"""In a file such as software.yml: options that hold for all of its type, unless something else is stated."""

HEADING = ("profile", "platform", "extends", "description", "vars")


def profile_path(name: str) -> str:
    """The file of a profile, from the site's folder."""
    return f"{FOLDER}/{name}.yml"


def profile_name(path: str) -> str | None:
    """The name of the profile that a YAML file of the site holds; None when it holds none."""
    top, *folders, file = path.split("/")
    if top != FOLDER or SHIPPED in folders:
        return None
    return "/".join([*folders, file.removesuffix(".yml").removesuffix(".yaml")])


def load(path: str, content: bytes, types: Sequence[ResourceType]) -> tuple[ProfileFile, list[Problem]]:
    """The profile in the file at `path`, and everything wrong with its shape."""
    document, problems = strict_yaml.read_bytes(content, path)
    name = profile_name(path) or path
    if document is None:
        return ProfileFile(name, Document(path, None, {}, {}), complete=False), problems
    loader = _Loader(name, document, types, problems)
    return loader.profile_file(), loader.problems


def load_entries(path: str, content: bytes, kind: ResourceType) -> tuple[SiteEntries, list[Problem]]:
    """What the file of the site at `path` says of the things of a type, and everything wrong with its shape."""
    document, problems = strict_yaml.read_bytes(content, path)
    if document is None:
        return SiteEntries(kind.NAME, Document(path, None, {}, {}), complete=False), problems
    loader = _Loader(path, document, [kind], problems)
    return loader.site_entries(kind), loader.problems


class _Loader:
    """Reads one document and collects what is wrong with it."""

    def __init__(self, name: str, document: Document, types: Sequence[ResourceType], problems: list[Problem]) -> None:
        self.problems = problems
        self._name = name
        self._document = document
        self._types = types

    def profile_file(self) -> ProfileFile:
        data = self._document.data
        self._check_path()
        if not isinstance(data, dict):
            begin = f"begin with the lines `profile: {self._name}` and `platform: linux`"
            self._problem((), "profile-shape", "a profile must be lines of `name: value`", begin)
            return ProfileFile(self._name, self._document, complete=False)
        self._check_keys(data)
        self._check_name(data)
        resources = [resource for kind in self._types for resource in self._resources(kind, data.get(kind.NAME))]
        return ProfileFile(
            self._name,
            self._document,
            description=self._text(("description",), data.get("description", "")) or "",
            platform=self._platform(data),
            extends=self._extends(data.get("extends", [])),
            vars=self._vars(data.get("vars", {})),
            resources=resources,
            complete=all(problem.rule == "profile-name" for problem in self.problems),
        )

    def site_entries(self, kind: ResourceType) -> SiteEntries:
        data = {} if self._document.data is None else self._document.data  # all of it is commented out
        if not isinstance(data, dict):
            begin = f"begin with the line `{kind.NAME}:`, and an entry `- {kind.KEY}: …` below it"
            self._problem((), "site-file-shape", f"{self._name} must be a list of {kind.NAME}", begin)
            return SiteEntries(kind.NAME, self._document, complete=False)
        for key in data.keys() - {kind.NAME, DEFAULTS}:
            hint = f"it has `{kind.NAME}` and `{DEFAULTS}`"
            self._key_problem((key,), "unknown-key", f"{self._name} has no `{shown(key)}`", hint)
        resources = self._resources(kind, data.get(kind.NAME))
        for resource in resources:
            if "state" in resource.options:
                message = f"{self._name} says what there is, and not where: `state` stands in profiles"
                self._key_problem(resource.option_paths["state"], "invalid-value", message, "take it out")
        return SiteEntries(
            kind.NAME,
            self._document,
            {resource.name: resource for resource in resources},
            self._defaults(kind.NAME, data.get(DEFAULTS)),
            complete=not self.problems,
        )

    def _defaults(self, kind: str, value: Any) -> StatedResource | None:
        if isinstance(value, dict):
            return StatedResource(kind, "", (DEFAULTS,), value, {name: (DEFAULTS, name) for name in value})
        if value is not None:
            self._problem((DEFAULTS,), "invalid-value", f"`{DEFAULTS}` must be lines of `option: value`", "")
        return None

    def _check_path(self) -> None:
        start = Source(self._document.file, 1)
        if self._document.file.endswith(".yaml"):
            hint = f"name the file {profile_path(self._name)}"
            self.problems.append(Problem(start, "profile-name", "a profile's file ends in .yml", hint))
        if unfit := [part for part in self._name.split("/") if not is_name(part)]:
            reserved = is_reserved(unfit[0])
            hint = f"`{unfit[0]}` is reserved; use another" if reserved else "use letters, digits, `.`, `_` and `-`"
            self.problems.append(Problem(start, "profile-name", "the file has a name that no profile can have", hint))

    def _check_keys(self, data: Mapping[str, Any]) -> None:
        known = {*HEADING, *(kind.NAME for kind in self._types)}
        free = known - data.keys()
        for key in islice((key for key in data if key not in known), MOST_TOLD + 2):
            meant = near_miss(key, free)
            hint = f"did you mean `{meant}`?" if meant else f"a profile has {', '.join(sorted(known))}"
            self._key_problem((key,), "unknown-key", f"a profile has no `{shown(key)}`", hint)

    def _check_name(self, data: Mapping[str, Any]) -> None:
        hint = f"write `profile: {self._name}`, or rename the file"
        if "profile" not in data:
            self._problem((), "profile-name", "the profile does not say its name", hint)
        elif data["profile"] != self._name:
            message = f"the profile's name must be its path below {FOLDER}/, {self._name}"
            self._problem(("profile",), "profile-name", message, hint)

    def _platform(self, data: Mapping[str, Any]) -> Platform | None:
        if "platform" not in data:
            return None
        words = [platform.value for platform in Platform]
        if data["platform"] in words:
            return Platform(data["platform"])
        meant = near_miss(str(data["platform"]), words)
        hint = f"did you mean {meant}?" if meant else f"one of {', '.join(words)}"
        self._problem(("platform",), "invalid-value", "`platform` is none that deskprov knows", hint)
        return None

    def _extends(self, value: Any) -> Sequence[str]:
        if not isinstance(value, list):
            hint = f"write `extends: [{shown(value)}]`" if isinstance(value, str) else "write `extends: [base/linux]`"
            self._problem(("extends",), "invalid-value", "`extends` must be a list of profiles", hint)
            return [value] if isinstance(value, str) else []
        texts = [self._text(("extends", number), item) for number, item in enumerate(value)]
        return [text or "" for text in texts]

    def _vars(self, value: Any) -> Mapping[str, str]:
        if not isinstance(value, dict):
            self._problem(("vars",), "invalid-value", "`vars` must be lines of `name: text`", "")
            return {}
        texts = {name: self._text(("vars", name), text) for name, text in value.items()}
        for name, text in texts.items():
            if not is_name(name):
                hint = "use letters, digits, `.`, `_` and `-`"
                self._key_problem(("vars", name), "invalid-value", "this is no name of a variable", hint)
            if text and "${" in text:
                message = "a variable cannot hold another one"
                self._problem(("vars", name), "variable-nested", message, "write its value out")
        return {name: text for name, text in texts.items() if text is not None}

    def _resources(self, kind: ResourceType, value: Any) -> list[StatedResource]:
        if value is None:  # everything below it is commented out
            return []
        path = (kind.NAME,)
        if kind.KEY == ONLY_ONE:
            return self._only_one(kind.NAME, value)
        if not isinstance(value, list):
            hint = f"begin each of its lines with `- `, such as `- {kind.KEY}: …`"
            self._problem(path, "invalid-value", f"`{kind.NAME}` must be a list", hint)
            return []
        stated = [self._resource(kind, (*path, number), item) for number, item in enumerate(value)]
        first: dict[str, StatedResource] = {}
        for resource in stated:
            if resource is None:
                continue
            if resource.name in first:
                line = self._document.source(first[resource.name].path).line
                message = f"{kind.NAME} has `{shown(resource.name)}` twice"
                hint = f"it stands on line {line} already; put all its options there"
                self._problem(resource.option_paths[kind.KEY], "duplicate-resource", message, hint)
            else:
                first[resource.name] = resource
        return list(first.values())

    def _only_one(self, kind: str, value: Any) -> list[StatedResource]:
        path = (kind,)
        if not isinstance(value, dict):
            hint = "a machine has it once: write its options below it, without `- `"
            self._problem(path, "invalid-value", f"`{kind}` must be lines of `option: value`", hint)
            return []
        return [StatedResource(kind, THIS, path, value, {name: (kind, name) for name in value})]

    def _resource(self, kind: ResourceType, path: ValuePath, item: Any) -> StatedResource | None:
        if isinstance(item, str):
            options: Mapping[str, Any] = {kind.KEY: item}
            option_paths = {kind.KEY: path}
        elif isinstance(item, dict):
            options = item
            option_paths = {name: (*path, name) for name in item}
        else:
            hint = f'text in quotes stands for its `{kind.KEY}`: "{item}"' if isinstance(item, int | float) else ""
            self._problem(path, "invalid-value", f"an entry of {kind.NAME} is text, or lines of `option: value`", hint)
            return None
        if kind.KEY not in options:
            message = f"an entry of {kind.NAME} needs its `{kind.KEY}`"
            self._problem(path, "missing-option", message, f"add `{kind.KEY}: …`")
            return None
        name = self._text(option_paths[kind.KEY], options[kind.KEY])
        if name is not None and "${" in name:
            message = f"a variable cannot stand in `{kind.KEY}`, by which the entry is known"
            self._problem(option_paths[kind.KEY], "variable-in-key", message, "write it out")
            return None
        return StatedResource(kind.NAME, name, path, options, option_paths) if name is not None else None

    def _text(self, path: ValuePath, value: Any) -> str | None:
        if isinstance(value, str):
            return value
        hint = f'put it in quotes: "{str(value).lower()}"' if isinstance(value, int | float) else ""
        self._problem(path, "invalid-value", f"`{path_words(path)}` must be text", hint)
        return None

    def _problem(self, path: ValuePath, rule: str, message: str, hint: str) -> None:
        self.problems.append(Problem(self._document.source(path), rule, message, hint, path_words(path)))

    def _key_problem(self, path: ValuePath, rule: str, message: str, hint: str) -> None:
        self.problems.append(Problem(self._document.key_source(path), rule, message, hint, path_words(path)))
