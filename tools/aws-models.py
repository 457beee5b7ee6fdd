"""Writes what the AWS API models say of the requests this project makes, as JSON, into the given folder.

The models are those of botocore, AWS's own SDK core, fetched with pip; test/aws/models.ts runs this.
"""

import gzip
import json
import pathlib
import subprocess
import sys
import tempfile
import zipfile

BOTOCORE = "1.44.5"
OPERATIONS = {
    "elasticache/2015-02-02": [
        "CreateReplicationGroup",
        "ModifyReplicationGroup",
        "DeleteReplicationGroup",
        "CreateCacheParameterGroup",
        "ModifyCacheParameterGroup",
        "CreateCacheSubnetGroup",
    ],
    "ec2/2016-11-15": ["CreateSecurityGroup", "AuthorizeSecurityGroupIngress"],
    "secretsmanager/2017-10-17": ["CreateSecret", "DeleteSecret", "PutSecretValue"],
    "cloudwatch/2010-08-01": ["PutMetricAlarm"],
    "logs/2014-03-28": ["CreateLogGroup", "PutRetentionPolicy"],
    "lightsail/2016-11-28": ["CreateContainerService", "CreateContainerServiceDeployment"],
}
RULES = ("type", "required", "min", "max", "pattern", "enum")


def references(shape):
    """The shapes that a shape is made of, by the role they play in it."""
    for name, member in shape.get("members", {}).items():
        yield name, member["shape"]
    for role in ("member", "key", "value"):
        if role in shape:
            yield role, shape[role]["shape"]


def reduced(shape):
    """A shape without its documentation and wire format."""
    rules = {rule: shape[rule] for rule in RULES if rule in shape}
    if shape["type"] == "structure":
        return {**rules, "members": dict(references(shape))}
    return {**rules, **dict(references(shape))}


def extract(model, operations):
    """The input shapes of some operations, and every shape they are made of."""
    inputs = {name: model["operations"][name]["input"]["shape"] for name in operations}
    shapes, waiting = {}, list(inputs.values())
    while waiting:
        name = waiting.pop()
        if name not in shapes:
            shapes[name] = reduced(model["shapes"][name])
            waiting += [shape for _, shape in references(model["shapes"][name])]
    return {"inputs": inputs, "shapes": shapes}


def main(folder):
    with tempfile.TemporaryDirectory() as download:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", download]
        subprocess.run([*command, f"botocore=={BOTOCORE}"], check=True, stdout=sys.stderr)
        (wheel,) = pathlib.Path(download).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            models = {}
            for path, operations in OPERATIONS.items():
                packed = archive.read(f"botocore/data/{path}/service-2.json.gz")
                models[path.split("/")[0]] = extract(json.loads(gzip.decompress(packed)), operations)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "models.json").write_text(json.dumps({"botocore": BOTOCORE, "services": models}))


main(pathlib.Path(sys.argv[1]))
