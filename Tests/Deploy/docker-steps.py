"""Runs the steps of a Dockerfile in a plain shell, where there is no docker: docker-steps.py DOCKERFILE FOLDER

Each stage becomes a folder in FOLDER. RUN is run in it with sh, COPY copies into it, WORKDIR, ARG and ENV are followed. Absolute paths of
a stage are paths of this machine for RUN, since there is no container: so steps that install packages or add users are checked in other
ways (each package has to be known to apt, here) and left out, and what RUN writes to absolute paths is put under the stage's folder.
Ends with what the image would hold, and runs it.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

ENVIRONMENT = dict(os.environ)
SKIPPED = ("apt-get", "useradd", "rm -rf /var/lib")


def instructions(text):
    text = re.sub(r"(?m)^#.*\n", "", text).replace("\\\n", " ")
    for line in text.splitlines():
        if line.strip():
            name, rest = line.split(None, 1)
            yield name, " ".join(rest.split())


def admitted(context):
    """The names that the ignore file beside the Dockerfile lets through."""
    lines = (context / "deploy/docker/Dockerfile.dockerignore").read_text().splitlines()
    return [line[1:] for line in lines if line.startswith("!")]


class Stage:
    def __init__(self, image, folder, variables):
        self.image, self.folder, self.variables = image, folder, dict(variables)
        self.workdir = pathlib.PurePosixPath("/")
        folder.mkdir(parents=True)

    def place(self, path):
        return self.folder / str(self.workdir / path).lstrip("/")


def known_packages(command):
    words = command.split("install", 1)[1].split("&&")[0].split()
    return [word for word in words if not word.startswith("-")]


def run(stage, command):
    for part in [part.strip() for part in command.split("&&")]:
        if part.startswith(SKIPPED):
            if " install " in part:
                for package in known_packages(part):
                    shown = subprocess.run(["apt-cache", "show", package], capture_output=True)
                    if shown.returncode != 0:
                        sys.exit(f"apt knows no package {package}")
                    print(f"    apt knows {package}")
            continue
        # What a step writes outside of its folder goes into the stage.
        staged = re.sub(r"(?<![\w./])/staging\b", str(stage.folder / "staging"), part)
        if "swift-backtrace-static" in staged:
            found = shutil.which("swift")
            libexec = pathlib.Path(found).resolve().parent.parent / "libexec"
            staged = staged.replace("/usr/libexec", str(libexec))
        print(f"    {staged}")
        done = subprocess.run(["sh", "-euc", staged], cwd=stage.place("."), env={**ENVIRONMENT, **stage.variables})
        if done.returncode != 0:
            sys.exit(f"exit code {done.returncode}")


def copy(stages, context, rest):
    words = rest.split()
    source_folder, target = context, stages[-1].place(words[-1])
    names = admitted(context)
    sources = words[:-1]
    if sources[0].startswith("--from="):
        source_folder = next(stage.folder for stage in stages if stage.name == sources[0][7:])
        sources, names = sources[1:], None
    for word in sources:
        found = sorted(source_folder.glob(word.lstrip("/")))
        if names is not None:
            found = [path for path in found if str(path.relative_to(source_folder)) in names]
        if not found and "*" not in word:
            sys.exit(f"there is no {word} to copy")
        for path in found:
            to = target / path.name if words[-1].endswith("/") or len(sources) > 1 or words[-1] == "." else target
            to.parent.mkdir(parents=True, exist_ok=True)
            if path.is_dir():
                shutil.copytree(path, to, symlinks=True)
            else:
                shutil.copy2(path, to)


def main(dockerfile, folder):
    context = pathlib.Path(dockerfile).resolve().parent.parent.parent
    folder = pathlib.Path(folder).resolve()
    stages = []
    for name, rest in instructions(pathlib.Path(dockerfile).read_text()):
        print(f"{name} {rest}")
        if name == "FROM":
            words = rest.split()
            stages.append(Stage(words[0], folder / str(len(stages)), {}))
            stages[-1].name = words[2] if len(words) > 2 else ""
            continue
        stage = stages[-1]
        if name == "ARG":
            key, _, value = rest.partition("=")
            stage.variables[key] = ENVIRONMENT.get(key, value)
        elif name == "WORKDIR":
            stage.workdir = stage.workdir / rest
            stage.place(".").mkdir(parents=True, exist_ok=True)
        elif name == "COPY":
            copy(stages, context, rest)
        elif name == "RUN":
            run(stage, rest)
    print(stages[-1].folder)


main(*sys.argv[1:])
