"""Runs Checkov over templates in a folder, and fails on what is not accepted, with its reason, in policy.txt."""

import json
import pathlib
import subprocess
import sys

here = pathlib.Path(__file__).parent
folder = pathlib.Path(sys.argv[1])
accepted = dict(
    line.split(None, 1) for line in (here / "policy.txt").read_text().splitlines() if line and not line.startswith("#")
)
failures, found, passed = [], set(), 0
for file in sorted(folder.iterdir()):
    framework = {".bicep": "bicep", ".json": "arm"}.get(file.suffix)
    if framework is None:
        continue
    answer = subprocess.run(
        [pathlib.Path(sys.executable).parent / "checkov", "--file", file, "--framework", framework]
        + ["--compact", "--skip-download", "--output", "json"],
        capture_output=True,
        text=True,
        check=False,
    )
    report = json.loads(answer.stdout)
    passed += report["summary"]["passed"]
    failures += [f"{file.name}: Checkov cannot read it"] * report["summary"]["parsing_errors"]
    for check in report["results"]["failed_checks"]:
        found.add(check["check_id"])
        if check["check_id"] not in accepted:
            failures.append(f"{file.name}: {check['check_id']} {check['check_name']}: {check['resource']}")
if not passed:
    failures.append("no check passed: nothing was looked at")
failures += [f"policy.txt accepts {name}, which no file fails" for name in accepted.keys() - found]
print("\n".join(failures))
sys.exit(1 if failures else 0)
