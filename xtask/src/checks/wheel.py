"""Looks into a wheel: everything that belongs there and nothing else.

Arguments: the wheel, the checkout, and the files of the package relative to `python/` of the checkout. Prints one fault on each line.
"""

import base64
import csv
import hashlib
import io
import re
import struct
import sys
import zipfile
from pathlib import Path

PACKAGE = "pylua_bioxen_vm_lib"
NATIVE = f"{PACKAGE}/_native.abi3.so"
NOTICES = ("LICENSE-MIT", "LICENSE-APACHE", "THIRD-PARTY.md", "THIRD-PARTY-CRATES.md")
NAME = re.compile(rf"{PACKAGE}-([0-9.]+)-cp39-abi3-(manylinux_2_\d+_\w+)\.whl")
# The C library, the loader, and the unwinder that every Linux has: what manylinux lets a wheel ask for.
LIBRARIES = re.compile(r"(libc|libm|libdl|libpthread|librt|libgcc_s|ld-linux[-\w]*)\.so\.\d")
# A file of the code generator, as it stands in its panics.
COMPILER = b"cranelift-codegen-0"
NEEDED, STRING_TABLE, RPATH, RUNPATH = 1, 5, 15, 29


def main(wheel: Path, checkout: Path, sources: list) -> list:
    match = NAME.fullmatch(wheel.name)
    if match is None:
        return [f"`{wheel.name}` is not named as a wheel for Python 3.9 and up on Linux: {NAME.pattern}"]
    version, platform = match.groups()
    info = f"{PACKAGE}-{version}.dist-info"
    with zipfile.ZipFile(wheel) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    faults = names(files, info, sources)
    if not faults:
        faults += contents(files, info, checkout, sources)
        faults += metadata(files, info, platform) + record(files, info) + native(files[NATIVE])
    # A checkout in a folder of one short name proves nothing: `/app` is in many texts.
    if len(checkout.parts) > 2:
        faults += [f"`{name}` names `{checkout}`" for name, text in files.items() if bytes(checkout) in text]
    return faults


def names(files: dict, info: str, sources: list) -> list:
    wanted = {*sources, NATIVE, *(f"{info}/{name}" for name in ("METADATA", "WHEEL", "RECORD"))}
    wanted |= {f"{info}/licenses/{name}" for name in NOTICES}
    return [f"`{name}` is missing" for name in sorted(wanted - files.keys())] + [
        f"`{name}` does not belong there" for name in sorted(files.keys() - wanted)
    ]


def contents(files: dict, info: str, checkout: Path, sources: list) -> list:
    origins = {name: checkout / "python" / name for name in sources}
    origins.update({f"{info}/licenses/{name}": checkout / name for name in NOTICES})
    return [f"`{name}` differs from `{path}`" for name, path in origins.items() if files[name] != path.read_bytes()]


def metadata(files: dict, info: str, platform: str) -> list:
    expected = {
        "METADATA": ["Name: pylua-bioxen-vm-lib", "Requires-Python: >=3.9", "License-Expression: MIT OR Apache-2.0"],
        "WHEEL": ["Root-Is-Purelib: false", f"Tag: cp39-abi3-{platform}"],
    }
    faults = []
    for name, lines in expected.items():
        there = files[f"{info}/{name}"].decode().splitlines()
        faults += [f"`{name}` has no line `{line}`" for line in lines if line not in there]
        faults += [f"`{name}` asks for another package: {line}" for line in there if line.startswith("Requires-Dist")]
    return faults


def record(files: dict, info: str) -> list:
    listed = {row[0]: row[1] for row in csv.reader(io.StringIO(files[f"{info}/RECORD"].decode()))}
    faults = [f"RECORD does not list `{name}`" for name in files.keys() - listed.keys()]
    for name, expected in listed.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(files.get(name, b"")).digest()).rstrip(b"=").decode()
        if expected and expected != f"sha256={digest}":
            faults.append(f"RECORD has another hash of `{name}`")
    return faults


def native(library: bytes) -> list:
    faults = []
    for tag, text in dynamic(library):
        if tag == NEEDED and not LIBRARIES.fullmatch(text):
            faults.append(f"the native module needs `{text}` of the system")
        if tag in (RPATH, RUNPATH):
            faults.append(f"the native module looks for libraries in `{text}`")
    if COMPILER in library:
        faults.append("the native module holds a compiler")
    return faults


def dynamic(library: bytes):
    """The texts of an ELF file's dynamic section (64 bit, little endian), each with its tag."""
    if library[:6] != b"\x7fELF\x02\x01":
        raise SystemExit(f"`{NATIVE}` is no ELF file of 64 bit, little endian")
    offset, size, count = struct.unpack_from("<Q", library, 32)[0], *struct.unpack_from("<HH", library, 54)
    headers = [struct.unpack_from("<IIQQQQ", library, offset + at * size) for at in range(count)]
    entries = []
    for kind, _, start, _, _, length in headers:
        if kind == 2:  # PT_DYNAMIC
            entries += struct.iter_unpack("<QQ", library[start : start + length])
    table = next(value for tag, value in entries if tag == STRING_TABLE)
    # The table is named by its address; the loaded part that holds it says where it is in the file.
    table = next(
        table - address + start
        for kind, _, start, address, _, length in headers
        if kind == 1 and address <= table < address + length  # PT_LOAD
    )
    for tag, value in entries:
        if tag in (NEEDED, RPATH, RUNPATH):
            yield tag, library[table + value : library.index(b"\0", table + value)].decode()


print("\n".join(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])))
