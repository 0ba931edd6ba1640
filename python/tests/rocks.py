"""Rocks and repositories that the tests make themselves."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path
from typing import Dict, Iterable, List, Mapping, Tuple


class Shelf:
    """A repository in a folder, as LuaRocks lays it out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._archs: Dict[Tuple[str, str], List[str]] = {}
        folder.mkdir(parents=True, exist_ok=True)
        self._list()

    def rock(
        self,
        name: str,
        version: str = "1.0-1",
        *,
        needs: Iterable[str] = (),
        modules: Mapping[str, str] | None = None,
        entries: Mapping[str, bytes] | None = None,
    ) -> Path:
        """Adds a rock with Lua modules, by default one of its name that says its version. ``entries``: more files of the archive."""
        if modules is None:
            modules = {name: f"return {{ name = '{name}', version = '{version}' }}\n"}
        rockspec = _rockspec(name, version, needs, modules)
        files = {f"lua/{module.replace('.', '/')}.lua": text.encode() for module, text in modules.items()}
        files[f"{name}-{version}.rockspec"] = rockspec.encode()
        files["rock_manifest"] = _rock_manifest(files).encode()
        path = self.folder / f"{name}-{version}.all.rock"
        path.write_bytes(_zipped({**files, **(entries or {})}))
        return self._added(name, version, "all", rockspec, path)

    def native(self, name: str, version: str = "1.0-1") -> None:
        """Adds a package that has to be compiled from C."""
        rockspec = _rockspec(name, version, (), {}).replace("modules = {}", f"modules = {{ {name} = '{name}.c' }}")
        path = self.folder / f"{name}-{version}.src.rock"
        path.write_bytes(_zipped({f"{name}-{version}.rockspec": rockspec.encode(), f"{name}.c": b"int x;"}))
        self._added(name, version, "src", rockspec, path)

    def _added(self, name: str, version: str, arch: str, rockspec: str, path: Path) -> Path:
        (self.folder / f"{name}-{version}.rockspec").write_text(rockspec)
        self._archs[(name, version)] = [arch, "rockspec"]
        self._list()
        return path

    def _list(self) -> None:
        packages: Dict[str, List[str]] = {}
        for (name, version), archs in sorted(self._archs.items()):
            listed = ", ".join(f"{{ arch = '{arch}' }}" for arch in archs)
            packages.setdefault(name, []).append(f"['{version}'] = {{ {listed} }}")
        text = ",\n".join(f"['{name}'] = {{ {', '.join(versions)} }}" for name, versions in packages.items())
        (self.folder / "manifest-5.4").write_text(f"commands = {{}}\nmodules = {{}}\nrepository = {{\n{text}\n}}\n")


def _rockspec(name: str, version: str, needs: Iterable[str], modules: Mapping[str, str]) -> str:
    dependencies = ", ".join(f"'{need}'" for need in ["lua >= 5.1", *needs])
    listed = ", ".join(f"['{module}'] = '{module.replace('.', '/')}.lua'" for module in modules)
    return (
        f"rockspec_format = '3.0'\npackage = '{name}'\nversion = '{version}'\n"
        f"source = {{ url = 'file:///nowhere/{name}.tar.gz' }}\n"
        f"description = {{ summary = 'what {name} is', license = 'MIT', labels = {{ 'tests' }} }}\n"
        f"dependencies = {{ {dependencies} }}\n"
        f"build = {{ type = 'builtin', modules = {{{listed}}} }}\n"
    )


def _rock_manifest(files: Mapping[str, bytes]) -> str:
    lua = [path for path in files if path.startswith("lua/")]
    hashed = {path: hashlib.md5(files[path]).hexdigest() for path in files}
    tree = _tree({path[len("lua/") :]: hashed[path] for path in lua})
    others = "".join(f"   ['{path}'] = '{hash}',\n" for path, hash in hashed.items() if path not in lua)
    return f"rock_manifest = {{\n   lua = {tree},\n{others}}}\n"


def _tree(files: Mapping[str, str]) -> str:
    here = [f"['{path}'] = '{hash}'" for path, hash in files.items() if "/" not in path]
    folders = {path.split("/")[0] for path in files if "/" in path}
    for folder in sorted(folders):
        below = {path[len(folder) + 1 :]: hash for path, hash in files.items() if path.startswith(folder + "/")}
        here.append(f"['{folder}'] = {_tree(below)}")
    return "{ " + ", ".join(here) + " }"


def _zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return buffer.getvalue()
