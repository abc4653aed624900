"""Build the stand-in wheels from the sources beside this file. Needs the standard library alone.

    python deploy/standins/build.py FOLDER

writes one wheel per stand-in into FOLDER. The same sources give the same bytes every time, so that
the set-up can tell by a hash whether anything changed, and no build back end has to be fetched.
"""

import base64
import hashlib
import sys
import zipfile
from pathlib import Path

HERE = Path(__file__).parent

# Rasa 3.6.21 asks for exactly these releases. The local label satisfies `==2.12.0` and sorts above
# the real release, so an installer that knows both takes the stand-in.
VERSIONS = {
    "tensorflow": "2.12.0+standin",
    "tensorflow-text": "2.12.0+standin",
    "tensorflow-hub": "0.13.0+standin",
    "tensorflow-io-gcs-filesystem": "0.32+standin",
}

SUMMARY = "Inert stand-in that can be imported and refuses use; part of Signpost, not of TensorFlow"
FIRST_ZIP_DAY = (1980, 1, 1, 0, 0, 0)


def wheel_files(name: str, version: str) -> dict[str, bytes]:
    """Return path -> bytes of everything in the wheel of `name`, its RECORD last."""
    source = HERE / name
    files = {p.relative_to(source).as_posix(): p.read_bytes() for p in sorted(source.rglob("*.py"))}
    needs = "" if name == "tensorflow" else "Requires-Dist: tensorflow\n"
    info = f"{name.replace('-', '_')}-{version}.dist-info"
    files[f"{info}/METADATA"] = (
        f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nSummary: {SUMMARY}\nLicense: Apache-2.0\n{needs}"
    ).encode()
    files[f"{info}/WHEEL"] = (
        b"Wheel-Version: 1.0\nGenerator: signpost-standins\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    files[f"{info}/RECORD"] = record(files, f"{info}/RECORD")
    return files


def record(files: dict[str, bytes], own_path: str) -> bytes:
    """Return the RECORD of a wheel: each file's path, SHA-256 and size; its own line has neither."""
    lines = []
    for path, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        lines.append(f"{path},sha256={digest},{len(content)}")
    return "\n".join([*lines, f"{own_path},,", ""]).encode()


def build(folder: Path) -> list[Path]:
    """Write every stand-in wheel into `folder`, made if need be, and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    wheels = []
    for name, version in VERSIONS.items():
        wheel = folder / f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            for path, content in wheel_files(name, version).items():
                entry = zipfile.ZipInfo(path, FIRST_ZIP_DAY)
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, content)
        wheels.append(wheel)
    return wheels


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python deploy/standins/build.py FOLDER")
    for built in build(Path(sys.argv[1])):
        print(built)
