"""Checks what is in deploy/ against published schemas and linters. Says each check that it made; ends with 1 if one failed."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import urllib.error
import urllib.request

import gjson
import jsonschema
import kubernetes_validate
import yaml

DEPLOY = pathlib.Path("deploy")
KUBERNETES = "1.33"
KEDA = "v2.18.2"
failures = 0


def check(name, problem=None):
    """Notes a check: a problem in words, or None if there is none."""
    global failures
    print(f"{'FAILED' if problem else 'ok':7}{name}" + (f"\n{problem}" if problem else ""))
    failures += bool(problem)


def run(name, *words, env=None):
    done = subprocess.run(words, capture_output=True, text=True, env={**os.environ, **(env or {})})
    check(name, (done.stdout + done.stderr) or f"exit code {done.returncode}" if done.returncode else None)
    return done.stdout


def documents(path):
    return [document for document in yaml.safe_load_all(path.read_text()) if document]


def keda_schemas():
    """The schemas of KEDA's resources by kind; None if they can be had neither from KEDA_CRDS nor from the network."""
    schemas = {}
    for name in ("scaledobjects", "triggerauthentications"):
        file = f"keda.sh_{name}.yaml"
        try:
            if folder := os.environ.get("KEDA_CRDS"):
                text = (pathlib.Path(folder) / file).read_text()
            else:
                url = f"https://raw.githubusercontent.com/kedacore/keda/{KEDA}/config/crd/bases/{file}"
                text = urllib.request.urlopen(url, timeout=10).read()
        except (urllib.error.URLError, OSError):
            return None
        definition = yaml.safe_load(text)["spec"]
        schemas[definition["names"]["kind"]] = closed(definition["versions"][0]["schema"]["openAPIV3Schema"])
    return schemas


def closed(schema):
    """The schema with no room for fields that it does not name: the API server would drop them without a word."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {key: closed(value) for key, value in schema.items()}
    isOpen = schema.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in schema
    if "properties" in schema and not isOpen and "kind" not in schema["properties"]:
        schema["additionalProperties"] = False
    return schema


def kubernetes():
    schemas = keda_schemas()
    if schemas is None:
        print("SKIPPED KEDA's resources: no network, and KEDA_CRDS names no folder with its CRDs")
    for path in sorted((DEPLOY / "kubernetes").glob("*.yaml")):
        for document in documents(path):
            name = f"{path}: {document['kind']} {document.get('metadata', {}).get('name', '')}"
            if document["kind"] == "Kustomization":
                missing = [file for file in document["resources"] if not (path.parent / file).exists()]
                check(name, f"missing: {missing}" if missing else None)
                continue
            schema = (schemas or {}).get(document["kind"])
            if document["apiVersion"].startswith("keda.sh/"):
                if schemas is None:
                    continue
                try:
                    jsonschema.Draft202012Validator(schema).validate(document)
                    check(name)
                except jsonschema.ValidationError as error:
                    check(name, f"{error.json_path}: {error.message}")
                continue
            try:
                kubernetes_validate.validate(document, KUBERNETES, strict=True)
                check(name)
            except kubernetes_validate.ValidationError as error:
                check(name, f"{error.path}: {error.message}")
    if shutil.which("kubectl"):
        text = run("kubectl kustomize deploy/kubernetes", "kubectl", "kustomize", str(DEPLOY / "kubernetes"))
        kinds = sorted(document["kind"] for document in yaml.safe_load_all(text))
        check("everything is in it", None if kinds.count("Deployment") == 2 and "ScaledObject" in kinds else str(kinds))


def scaling():
    """What KEDA finds in an answer of the dashboard, and that it finds 0 where there is nothing."""
    queue = {"queue": "shortener", "workflowTasks": 7, "activityTasks": 3, "workers": 2}
    queue |= {"oldestWorkflowTaskMilliseconds": 1200, "oldestActivityTaskMilliseconds": 900}
    other = {"queue": "other", "workflowTasks": 99, "activityTasks": 99, "workers": 1}
    idle = {"queue": "shortener", "workflowTasks": 0, "activityTasks": 0, "workers": 2}
    scaled = documents(DEPLOY / "kubernetes/autoscaling.yaml")[0]
    for trigger in scaled["spec"]["triggers"]:
        place = trigger["metadata"]["valueLocation"]
        field = place.split(").")[1].split(",")[0]
        for queues, expected in (([other, queue], queue.get(field)), ([idle], 0), ([other], 0), ([], 0)):
            answer = {"version": 1, "kind": "queues", "data": queues}
            found = gjson.get(answer, place)
            check(
                f"{trigger['name']} of {len(queues)} queues is {expected}",
                None if found == expected else f"{place} finds {found} in {json.dumps(answer)}",
            )


def monitoring():
    """Whether Prometheus reaches the dashboard, and has a token for it."""
    policies = {document["metadata"]["name"]: document for document in documents(DEPLOY / "kubernetes/network.yaml")}
    for name, policy in policies.items():
        sources = [source for rule in policy["spec"]["ingress"] for source in rule["from"]]
        names = [source["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"] for source in sources]
        check(f"{name} lets the monitoring in", None if "monitoring" in names else f"only {names}")
    secret = documents(DEPLOY / "kubernetes/secret.example.yaml")[0]["stringData"]
    tokens = {token.split(":", 2)[2]: token.split(":")[1] for token in secret["dashboard-tokens"].split(",")}
    for name in ("keda-token", "prometheus-token"):
        role = tokens.get(secret[name])
        check(f"{name} is one of the dashboard's, of role read", None if role == "read" else f"its role is {role}")
    prometheus = documents(DEPLOY / "prometheus/prometheus.example.yml")[0]
    jobs = {job["job_name"]: job for job in prometheus["scrape_configs"]}
    missing = [file for file in prometheus["rule_files"] if not (DEPLOY / "prometheus" / file).exists()]
    check("the rules of prometheus.example.yml are there", f"missing: {missing}" if missing else None)
    credentials = jobs["aloft-dashboard"].get("authorization")
    check("the dashboard is scraped with a token", None if credentials else "without authorization")
    dashboard = documents(DEPLOY / "kubernetes/dashboard.yaml")[0]["spec"]["template"]["spec"]["containers"][0]
    headers = dashboard["readinessProbe"]["httpGet"].get("httpHeaders", [])
    local = {"name": "Host", "value": "localhost"} in headers
    check("the dashboard's probe asks by a loopback name", None if local else f"{headers}")


def compose():
    path = DEPLOY / "compose/compose.yaml"
    run(f"{path}: compose-spec", "check-jsonschema", "--builtin-schema", "vendor.compose-spec", str(path))
    example = dict(line.split("=", 1) for line in (path.parent / "example.env").read_text().split() if line[0].isupper() and "=" in line)
    text = path.read_text()
    wanted = {part.split(":?")[0] for part in text.split("${")[1:]}
    check("example.env names what compose.yaml wants", None if wanted == set(example) else f"{wanted ^ set(example)}")
    services = yaml.safe_load(text)["services"]
    for name, service in services.items():
        for mount in service.get("volumes", []):
            source = mount.split(":")[0]
            if source.startswith("."):
                check(f"{name} mounts {source}", None if (path.parent / source).exists() else "it is not there")
    check("three workers", None if services["worker"]["deploy"]["replicas"] == 3 else "not three")


def linters():
    # DL3008 wants a version for each package of Debian; those of a stable release change for security only.
    run("hadolint: deploy/docker/Dockerfile", "hadolint", "--ignore", "DL3008", str(DEPLOY / "docker/Dockerfile"))
    scripts = [str(path) for folder in (DEPLOY, pathlib.Path("Tests/Deploy")) for path in sorted(folder.rglob("*.sh"))]
    run(f"shellcheck: {len(scripts)} scripts", "shellcheck", *scripts)


kubernetes()
scaling()
monitoring()
compose()
linters()
print(f"{failures} failed" if failures else "all is well")
sys.exit(1 if failures else 0)
