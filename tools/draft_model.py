#!/usr/bin/env python3
"""Drafts model/<name>.smithy from the interface data of an installed botocore.

    tools/draft_model.py --service events --name events \
        --operations PutRule,PutEvents --out model/events.smithy

Writes names, types and limits only, for the named operations and what they reach. With --out an
existing file is replaced, and the riposte traits that people added to its operations by hand
(@iamAction, @iamResource, @dataPlane) and to its shapes (@lenient) are carried over.
What the SDK's data does not say lies in draft_overrides.py. Usage: model/README.md.
"""

import argparse
import gzip
import json
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import draft_overrides as known  # noqa: E402

PRELUDE = {
    "string": "String", "boolean": "Boolean", "integer": "Integer", "long": "Long",
    "float": "Float", "double": "Double", "timestamp": "Timestamp", "blob": "Blob",
    "byte": "Byte", "short": "Short",
}
TIMESTAMP = {"iso8601": "date-time", "unixTimestamp": "epoch-seconds", "rfc822": "http-date"}
READONLY = re.compile(r"^(Get|List|Describe|BatchGet|Lookup|Filter|Test|Head|Search|Scan|Query|"
                      r"Decode|Simulate|Validate)(?![a-z])|^GetMetric")
NOT_READONLY = {"GetSessionToken", "GetFederationToken"}
IDENTIFIER = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")


def load(service, version):
    import botocore
    root = os.path.join(os.path.dirname(botocore.__file__), "data")
    folder = os.path.join(root, service)
    if not os.path.isdir(folder):
        folder = find_folder(root, service)
    version = version or sorted(os.listdir(folder))[-1]
    return read(os.path.join(folder, version)), os.path.basename(folder)


def read(folder):
    plain = os.path.join(folder, "service-2.json")
    if os.path.exists(plain):
        with open(plain, encoding="utf-8") as file:
            return json.load(file)
    with gzip.open(plain + ".gz") as file:
        return json.load(file)


def find_folder(root, service):
    """The folder whose endpoint prefix is the given name: "monitoring" is in "cloudwatch"."""
    for entry in sorted(os.listdir(root)):
        folder = os.path.join(root, entry)
        if not os.path.isdir(folder):
            continue
        versions = [v for v in sorted(os.listdir(folder)) if v[:2] == "20"]
        if versions and any(f.startswith("service-2") for f in
                            os.listdir(os.path.join(folder, versions[-1]))):
            if read(os.path.join(folder, versions[-1]))["metadata"]["endpointPrefix"] == service:
                return folder
    raise SystemExit(f"no service '{service}' in {root}")


def quote(text):
    return json.dumps(text, ensure_ascii=False)


class Kept:
    """The riposte traits of an earlier draft: {operation or shape: [trait lines]}."""

    LINE = re.compile(r"^@(iamAction|iamResource|dataPlane|lenient)\b.*$")

    def __init__(self, path):
        self.traits = {}
        if not path or not os.path.exists(path):
            return
        pending, owner = [], None
        with open(path, encoding="utf-8") as file:
            for line in file:
                text = line.strip()
                opened = re.match(r"^(operation|structure|union|string|enum|list|map)\s+(\w+)", text)
                member = re.match(r"^(?:@.*\s)?(\w+)\s*:\s*\w+,?$", text)
                if self.LINE.match(text):
                    pending.append(text)
                elif text.startswith("@") and not member:
                    continue
                elif opened:
                    owner = opened.group(2)
                    self.put(owner, pending)
                    pending = []
                elif member and owner:
                    self.put(f"{owner}.{member.group(1)}", pending)
                    pending = []
                elif text and not text.startswith("//"):
                    pending = []

    def put(self, name, lines):
        if lines:
            self.traits[name] = lines


class Draft:
    def __init__(self, data, folder, args):
        self.data, self.folder, self.args = data, folder, args
        self.meta, self.shapes = data["metadata"], data["shapes"]
        self.name = args.name
        self.kept = Kept(args.out).traits
        self.protocols = self.find_protocols()
        self.xml = any(p in ("awsQuery", "ec2Query", "restXml") for p in self.protocols)
        self.rest = any(p.startswith("rest") for p in self.protocols)
        self.drop = set(args.drop)
        self.document = set(args.document)
        self.uses, self.out, self.payloads = set(), [], {}
        self.members_traits = {}

    # -- service ---------------------------------------------------------------------------------

    def find_protocols(self):
        if self.name in known.PROTOCOLS:
            return known.PROTOCOLS[self.name]
        names = {
            "json": "awsJson" + self.meta.get("jsonVersion", "1.0").replace(".", "_"),
            "rest-json": "restJson1", "query": "awsQuery", "ec2": "ec2Query",
            "rest-xml": "restXml", "smithy-rpc-v2-cbor": "rpcv2Cbor",
        }
        return [names[p] for p in self.meta.get("protocols") or [self.meta["protocol"]]]

    def trait(self, name, text=""):
        """A trait with its `use` line."""
        self.uses.add(name)
        return "@" + name.split("#")[1] + text

    def write(self):
        operations = self.args.operations
        missing = [o for o in operations if o not in self.data["operations"]]
        if missing:
            raise SystemExit(f"{self.folder} has no operation {', '.join(missing)}")
        body = []
        for name in sorted(operations):
            body.append(self.operation(name))
        for name in self.closure(operations):
            text = self.shape(name)
            if text:
                body.append(text)
        service = self.service(sorted(operations))
        head = ['$version: "2.0"', "", f"namespace riposte.{re.sub(r'[^a-z0-9]', '', self.name)}",
                ""]
        head += [f"use {use}" for use in sorted(self.uses)]
        return "\n".join(head) + "\n\n" + "\n\n".join([service] + body) + "\n"

    def service(self, operations):
        meta = self.meta
        endpoint = meta["endpointPrefix"]
        lines = [self.trait("aws.api#service",
                            f"(sdkId: {quote(meta['serviceId'])}, arnNamespace: {quote(endpoint)}, "
                            f"endpointPrefix: {quote(endpoint)})"),
                 self.trait("aws.auth#sigv4", f"(name: {quote(meta.get('signingName', endpoint))})")]
        for protocol in self.protocols:
            space = "smithy.protocols" if protocol == "rpcv2Cbor" else "aws.protocols"
            lines.append(self.trait(f"{space}#{protocol}"))
        if "awsQuery" in self.protocols and len(self.protocols) > 1:
            lines.append(self.trait("aws.protocols#awsQueryCompatible"))
        namespace = known.XML_NAMESPACE.get(self.name, meta.get("xmlNamespace"))
        if namespace:
            lines.append(f"@xmlNamespace(uri: {quote(namespace)})")
        prefix = known.IAM_PREFIX.get(self.name, endpoint)
        lines.append(self.trait("riposte#iamPrefix", f"({quote(prefix)})"))
        aliases = sorted(set(known.ALIASES.get(self.name, [])) | {self.folder} - {self.name})
        if aliases:
            lines.append(self.trait("riposte#aliases", f"({json.dumps(aliases)})"))
        target = meta.get("targetPrefix")
        if target:
            lines.append(self.trait("riposte#targetPrefix", f"({quote(target)})"))
        shape = re.sub(r"[^A-Za-z0-9]", "", (target or meta["serviceId"]).split(".")[-1])
        names = "".join(f"        {name}\n" for name in operations)
        return ("\n".join(lines) + f"\nservice {shape} {{\n"
                f"    version: {quote(meta['apiVersion'])}\n    operations: [\n{names}    ]\n}}")

    # -- operations ------------------------------------------------------------------------------

    def operation(self, name):
        op = self.data["operations"][name]
        lines = []
        if op.get("readonly") or (READONLY.match(name) and name not in NOT_READONLY):
            lines.append("@readonly")
        elif op.get("idempotent"):
            lines.append("@idempotent")
        if self.rest:
            http = op["http"]
            uri = self.rename_labels(http["requestUri"], op.get("input"))
            lines.append(f"@http(method: {quote(http['method'])}, uri: {quote(uri)}, "
                         f"code: {http.get('responseCode', 200)})")
        if op.get("authtype") == "none" or "smithy.api#noAuth" in op.get("auth", []) or (
                name in known.OPTIONAL_AUTH.get(self.name, set())):
            lines.append("@optionalAuth")
        if name in known.S3_UNWRAPPED and self.name == "s3":
            lines.append(self.trait("aws.customizations#s3UnwrappedXmlOutput"))
        lines += self.riposte_traits(name)
        members = []
        if "input" in op:
            members.append(f"    input: {op['input']['shape']}")
        if "output" in op:
            members.append(f"    output: {op['output']['shape']}")
        if op.get("errors"):
            errors = "".join(f"        {e['shape']}\n" for e in op["errors"])
            members.append(f"    errors: [\n{errors}    ]")
        inside = "\n".join(members) + "\n" if members else ""
        return "\n".join(lines + [f"operation {name} {{"]) + f"\n{inside}}}"

    def rename_labels(self, uri, input_ref):
        """{locationName} of the SDK's data becomes {MemberName}."""
        if not input_ref:
            return uri
        names = {}
        for member, ref in self.shapes[input_ref["shape"]].get("members", {}).items():
            if ref.get("location") == "uri":
                names[ref.get("locationName", member)] = member
        return re.sub(r"\{(\w[\w-]*)(\+?)\}",
                      lambda m: "{" + names.get(m.group(1), m.group(1)) + m.group(2) + "}", uri)

    def riposte_traits(self, name):
        by_name = {}
        action = known.IAM_ACTION.get(self.name, {}).get(name)
        if action:
            by_name["iamAction"] = f"@iamAction({quote(action)})"
        resource = known.IAM_RESOURCE.get(self.name, {}).get(name)
        if resource:
            by_name["iamResource"] = f"@iamResource({json.dumps(resource)})"
        if name in known.DATA_PLANE.get(self.name, set()):
            by_name["dataPlane"] = "@dataPlane"
        for line in self.kept.get(name, []):  # What a person wrote wins.
            by_name[re.match(r"@(\w+)", line).group(1)] = line
        for trait in by_name:
            self.uses.add("riposte#" + trait)
        return list(by_name.values())

    def lenient(self, name):
        wanted = name in known.LENIENT.get(self.name, set()) or any(
            line.startswith("@lenient") for line in self.kept.get(name, []))
        return [self.trait("riposte#lenient")] if wanted else []

    # -- shapes ----------------------------------------------------------------------------------

    def closure(self, operations):
        found, todo = set(), []
        for name in operations:
            op = self.data["operations"][name]
            todo += [op[k]["shape"] for k in ("input", "output") if k in op]
            todo += [e["shape"] for e in op.get("errors", [])]
        while todo:
            name = todo.pop()
            if name in found or name in self.document:
                continue
            found.add(name)
            shape = self.shapes[name]
            refs = list(self.members(name).values())
            refs += [shape[k] for k in ("member", "key", "value") if k in shape]
            todo += [ref["shape"] for ref in refs]
        self.found = found
        return sorted(found)

    def members(self, name):
        shape = self.shapes[name]
        return {member: ref for member, ref in shape.get("members", {}).items()
                if f"{name}.{member}" not in self.drop and ref["shape"] not in self.drop}

    def plain(self, name):
        """A shape that says no more than its type: the prelude's name stands for it."""
        shape = self.shapes[name]
        extra = set(shape) - {"type", "documentation", "box", "deprecated", "deprecatedMessage",
                              "streaming", "synthetic"}
        prelude = PRELUDE.get(shape["type"])
        if extra or not prelude or self.lenient_name(name):
            return None
        shadow = self.shapes.get(prelude)
        if shadow and prelude != name and prelude in self.found and not self.plain(prelude):
            return None
        return prelude

    def lenient_name(self, name):
        return name in known.LENIENT.get(self.name, set()) or name in self.kept

    def target(self, name):
        if name in self.document:
            return "Document"
        return self.plain(name) or name

    def shape(self, name):
        shape = self.shapes[name]
        kind = shape["type"]
        if kind == "structure" and shape.get("document"):
            return f"document {name}"
        if kind == "structure":
            return self.structure(name, shape)
        if self.plain(name):
            return None
        traits = self.shape_traits(name, shape)
        if kind == "list":
            member = self.member_line("member", shape["member"], shape, in_list=True)
            text = f"list {name} {{\n{member}}}"
        elif kind == "map":
            names = known.MAP_NAMES.get(self.name, {}).get(name, (None, None))
            key = self.member_line("key", shape["key"], shape, xml_name=names[0])
            value = self.member_line("value", shape["value"], shape, xml_name=names[1])
            text = f"map {name} {{\n{key}{value}}}"
        elif kind == "string" and "enum" in shape:
            text = f"enum {name} {{\n{self.enum(shape['enum'])}}}"
        else:
            text = f"{kind} {name}"
        return "\n".join(traits + [text])

    @staticmethod
    def enum(values):
        lines, taken = [], set()
        for value in values:
            symbol = value
            if not IDENTIFIER.match(value):
                symbol = re.sub(r"[^A-Za-z0-9]+", "_", value).strip("_") or "EMPTY"
                if symbol[0].isdigit():
                    symbol = "V" + symbol
            while symbol in taken:
                symbol += "_"
            taken.add(symbol)
            lines.append(f"    {symbol}" + ("" if symbol == value else f" = {quote(value)}") + "\n")
        return "".join(lines)

    def shape_traits(self, name, shape):
        traits = []
        low, high = shape.get("min"), shape.get("max")
        if name in known.ANY_LENGTH.get(self.name, set()):
            low, high = None, None
        if low is not None or high is not None:
            numeric = shape["type"] in ("integer", "long", "float", "double", "byte", "short")
            limits = ", ".join(f"{k}: {v}" for k, v in (("min", low), ("max", high))
                               if v is not None)
            if "enum" not in shape:
                traits.append(f"@{'range' if numeric else 'length'}({limits})")
        if "pattern" in shape and "enum" not in shape:
            traits.append(f"@pattern({quote(shape['pattern'])})")
        if shape.get("sensitive"):
            traits.append("@sensitive")
        if "timestampFormat" in shape:
            traits.append(f"@timestampFormat({quote(TIMESTAMP[shape['timestampFormat']])})")
        return traits + self.lenient(name)

    def structure(self, name, shape):
        traits = []
        if shape.get("exception") or shape.get("error"):
            traits += self.error_traits(name, shape)
        if shape.get("sensitive"):
            traits.append("@sensitive")
        root = known.XML_ROOT.get(self.name, {}).get(name)
        if root:
            traits.append(f"@xmlName({quote(root)})")
        lines = "".join(self.member_line(member, ref, shape, owner=name)
                        for member, ref in self.members(name).items())
        kind = "union" if shape.get("union") else "structure"
        return "\n".join(traits + [f"{kind} {name} {{"]) + f"\n{lines}}}"

    def error_traits(self, name, shape):
        error = shape.get("error", {})
        code, status = known.QUERY_ERROR.get(self.name, {}).get(
            name, (error.get("code"), error.get("httpStatusCode")))
        fault = shape.get("fault") or (status or 400) >= 500
        traits = [f'@error("{"server" if fault else "client"}")']
        if code and self.xml:
            traits.append(self.trait("aws.protocols#awsQueryError",
                                     f"(code: {quote(code)}, httpResponseCode: {status or 400})"))
        if status:
            traits.append(f"@httpError({status})")
        return traits

    def member_line(self, name, ref, parent, owner=None, in_list=False, xml_name=None):
        traits = []
        if owner and name in parent.get("required", []):
            traits.append("@required")
        if ref.get("idempotencyToken"):
            traits.append("@idempotencyToken")
        location = ref.get("location")
        wire_name = ref.get("locationName")
        flat = self.flattened_name(ref)
        if location:
            traits.append(self.http_trait(name, ref))
        elif owner and parent.get("payload") == name:
            traits.append("@httpPayload")
            if self.xml and wire_name and wire_name != name:
                traits.append(f"@xmlName({quote(wire_name)})")
        elif self.xml:
            if flat is not None and not in_list:
                traits.append("@xmlFlattened")
            # An ec2 list is a list of items; other lists name their element here.
            final = xml_name or flat or wire_name
            if final and final != name:
                traits.append(f"@xmlName({quote(final)})")
            if ref.get("xmlAttribute"):
                traits.append("@xmlAttribute")
            if "queryName" in ref and "ec2Query" in self.protocols:
                traits.append(self.trait("aws.protocols#ec2QueryName", f"({quote(ref['queryName'])})"))
        elif wire_name and wire_name != name:
            traits.append(f"@jsonName({quote(wire_name)})")
        if "timestampFormat" in ref:
            traits.append(f"@timestampFormat({quote(TIMESTAMP[ref['timestampFormat']])})")
        if owner:
            traits += self.lenient(f"{owner}.{name}")
        lines = "".join(f"    {trait}\n" for trait in traits)
        return f"{lines}    {name}: {self.target(ref['shape'])}\n"

    def flattened_name(self, ref):
        """The element's name when the member is a flattened list or map ("" for its own)."""
        shape = self.shapes[ref["shape"]]
        if shape["type"] not in ("list", "map"):
            return None
        if not (shape.get("flattened") or ref.get("flattened")):
            return None
        inner = shape.get("member", {}).get("locationName")
        return (known.FLATTENED_NAME.get(self.name, {}).get(ref["shape"]) or inner
                or ref.get("locationName") or "")

    def http_trait(self, name, ref):
        location, wire_name = ref["location"], ref.get("locationName", name)
        if location == "uri":
            return "@httpLabel"
        if location == "header":
            return f"@httpHeader({quote(wire_name)})"
        if location == "headers":
            return f"@httpPrefixHeaders({quote(wire_name)})"
        if location == "statusCode":
            return "@httpResponseCode"
        if self.shapes[ref["shape"]]["type"] == "map":
            return "@httpQueryParams"
        return f"@httpQuery({quote(wire_name)})"


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--service", required=True, help="folder or endpoint name in botocore/data")
    parser.add_argument("--name", help="name of the model (default: --service)")
    parser.add_argument("--version", help="API version (default: the newest)")
    parser.add_argument("--operations", required=True, help="names, separated by commas or spaces")
    parser.add_argument("--drop", action="append", default=[], metavar="SHAPE[.MEMBER]",
                        help="leave out a member, or all members of a shape; may repeat, or commas")
    parser.add_argument("--document", action="append", default=[], metavar="SHAPE",
                        help="keep a shape as an opaque document (JSON protocols); may repeat")
    parser.add_argument("--out", help="file to write (default: standard output)")
    args = parser.parse_args()
    args.name = args.name or args.service
    args.operations = sorted(set(re.split(r"[,\s]+", args.operations.strip(", \n"))))
    args.drop = [d for entry in args.drop for d in re.split(r"[,\s]+", entry) if d]
    args.document = [d for entry in args.document for d in re.split(r"[,\s]+", entry) if d]
    data, folder = load(args.service, args.version)
    text = Draft(data, folder, args).write()
    if args.out:
        with open(args.out, "w", encoding="utf-8") as file:
            file.write(text)
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
