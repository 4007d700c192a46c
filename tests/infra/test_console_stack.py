"""The console behind the distribution: a private bucket, the paths of pages and files, headers, unchanged errors."""

import json
import subprocess
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from app import app
from chalicelib.realtime.permissions import CHANNELS
from infra.stacks.domain import domain
from infra.stacks.edge_functions import CHANNEL_FUNCTION, PAGE_FUNCTION
from infra.stages import has_console, map_style

STAGE = "prod"
NODE = Path(__file__).parents[2] / ".venv" / "bin" / "node"
RUN = """
const [uris, context] = process.argv.slice(1).map((text) => JSON.parse(text));
const run = (uri) => handler({ request: { uri, querystring: {}, headers: {} }, context });
console.log(JSON.stringify(uris.map(run)));
"""


@pytest.fixture(scope="module")
def resources() -> dict[str, Any]:
    return dict(domain(STAGE)["Resources"])


@pytest.fixture(scope="module")
def distribution(resources: dict[str, Any]) -> dict[str, Any]:
    config: dict[str, Any] = resources["Distribution"]["Properties"]["DistributionConfig"]
    return config


def run(function: str, *uris: str) -> list[Any]:
    """Run a CloudFront function on requests for these paths."""
    arguments = [json.dumps(uris), json.dumps({"requestId": "r"})]
    command = [str(NODE), "-e", f"{function}{RUN}", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    results: list[Any] = json.loads(done.stdout)
    return results


def test_bucket_is_private_encrypted_and_versioned(resources: dict[str, Any]) -> None:
    properties = resources["Console"]["Properties"]
    assert all(properties["PublicAccessBlockConfiguration"].values())
    assert properties["BucketEncryption"]
    assert properties["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}


def test_only_the_distribution_reads_the_bucket_and_only_what_is_served(resources: dict[str, Any]) -> None:
    refusal, grant = resources["ConsolePolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert (refusal["Effect"], refusal["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    assert (grant["Effect"], grant["Principal"]) == ("Allow", {"Service": "cloudfront.amazonaws.com"})
    assert (grant["Action"], grant["Resource"]) == ("s3:GetObject", {"Fn::Sub": "${Console.Arn}/site/*"})
    own = "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Distribution}"
    assert grant["Condition"] == {"StringEquals": {"AWS:SourceArn": {"Fn::Sub": own}}}


def test_distribution_signs_its_reads_of_the_bucket(resources: dict[str, Any], distribution: dict[str, Any]) -> None:
    [origin] = [one for one in distribution["Origins"] if one["Id"] == "console"]
    assert origin["OriginAccessControlId"] == {"Fn::GetAtt": ["ConsoleAccess", "Id"]}
    access = resources["ConsoleAccess"]["Properties"]["OriginAccessControlConfig"]
    assert (access["SigningBehavior"], access["SigningProtocol"]) == ("always", "sigv4")
    assert origin["OriginPath"] == "/site"


def test_errors_of_the_api_are_not_replaced_by_the_page(distribution: dict[str, Any]) -> None:
    assert "CustomErrorResponses" not in distribution
    assert distribution["DefaultCacheBehavior"]["TargetOriginId"] == "console"


def test_every_route_of_the_api_is_forwarded_to_the_api(distribution: dict[str, Any]) -> None:
    """The path of tickets begins like those of sockets."""
    origins = {f"/api{path}": origin_of_path(distribution, f"/api{path}") for path in app.routes}
    assert {path for path, origin in origins.items() if origin != "rest"} == set()
    assert origin_of_path(distribution, "/api/v1/ws/staff") == "sockets"
    assert origin_of_path(distribution, "/orders") == "console"


def test_every_path_is_the_page_except_those_of_files() -> None:
    pages = ["/", "/orders", "/orders/", "/trace/PK.0001", "/trace/assets/", "/people/a.b/edit"]
    files = ["/index.html", "/config.json", "/icon.svg", "/assets/index-Cx1.js", "/assets/missing"]
    results = [request["uri"] for request in run(PAGE_FUNCTION, *pages, *files)]
    assert results == ["/index.html"] * len(pages) + files


def test_tracking_links_have_a_page_of_their_own() -> None:
    """What follows the `#` of a link is not sent, so there is one address."""
    results = [request["uri"] for request in run(PAGE_FUNCTION, "/track", "/track.html", "/trackers", "/toString")]
    assert results == ["/track.html", "/track.html", "/index.html", "/index.html"]


def test_battery_passports_have_a_page_of_their_own() -> None:
    results = [request["uri"] for request in run(PAGE_FUNCTION, "/passport", "/passport.html", "/passports")]
    assert results == ["/passport.html", "/passport.html", "/index.html"]


def test_paths_of_sockets_become_channels_and_unknown_ones_are_404() -> None:
    known = [f"/api/v1/ws/{channel}" for channel in CHANNELS]
    results = run(CHANNEL_FUNCTION, *known, "/api/v1/ws/admin", "/api/v1/ws/staff/more")
    opened, refused = results[: len(known)], results[len(known) :]
    assert [(one["uri"], one["querystring"]["channel"]["value"]) for one in opened] == [("/api", c) for c in CHANNELS]
    assert [one["statusCode"] for one in refused] == [404, 404]
    assert {json.loads(one["body"]["data"])["error"]["code"] for one in refused} == {"ROUTE_NOT_FOUND"}


def test_page_may_load_nothing_from_other_hosts(resources: dict[str, Any]) -> None:
    headers = security_headers(resources)
    policy, values = headers["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Fn::Sub"]
    parts = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    photos = "https://baton-prod-photos.s3.${AWS::Region}.${AWS::URLSuffix}"
    assert parts["default-src"] == "'self'"
    assert parts["connect-src"] == f"'self' {photos} ${{Sockets}}"
    assert parts["img-src"] == f"'self' {photos} data: blob:"
    assert (parts["frame-ancestors"], parts["object-src"], parts["base-uri"]) == ("'none'", "'none'", "'none'")
    assert not {"script-src", "style-src", "'unsafe-inline'", "'unsafe-eval'"} & set(policy.replace(";", " ").split())
    assert values == {"Sockets": {"Fn::If": ["HasDomain", {"Fn::Sub": "wss://${DomainName}"}, ""]}}


def test_other_headers_of_the_page(resources: dict[str, Any]) -> None:
    headers = security_headers(resources)
    assert all(one["Override"] for one in headers.values())
    assert headers["FrameOptions"]["FrameOption"] == "DENY"
    assert headers["ReferrerPolicy"]["ReferrerPolicy"] == "no-referrer"
    assert headers["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 31_536_000
    assert "ContentTypeOptions" in headers


def test_map_style_of_a_stage_is_allowed_and_so_is_another_place_of_photos() -> None:
    variables = {"BATON_STAGE": "eu", "BATON_S3_ENDPOINT": "https://s3.example:9000/x"}
    stage = {"environment_variables": variables, "map_style": "https://tiles.example/styles/a.json?key=1"}
    config = {"stages": {"eu": stage}}
    headers = security_headers(domain("eu", config)["Resources"])
    [policy, _] = headers["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Fn::Sub"]
    assert "connect-src 'self' https://s3.example:9000 https://tiles.example $" in policy
    assert map_style("eu", config) == stage["map_style"]


def test_stage_has_a_console_unless_it_is_switched_off() -> None:
    assert has_console(STAGE)
    assert not has_console("eu", {"stages": {"eu": {"console": False}}})


def test_distribution_needs_no_domain() -> None:
    template = domain(STAGE)
    assert {template["Parameters"][name]["Default"] for name in ("DomainName", "WebAclArn")} == {""}
    config = template["Resources"]["Distribution"]["Properties"]["DistributionConfig"]
    assert config["ViewerCertificate"]["Fn::If"][2] == {"CloudFrontDefaultCertificate": True}
    assert config["Aliases"] == {"Fn::If": ["HasDomain", [{"Ref": "DomainName"}], {"Ref": "AWS::NoValue"}]}
    host = template["Outputs"]["ConsoleURL"]["Value"]["Fn::Sub"][1]["Host"]
    assert host == {"Fn::If": ["HasDomain", {"Ref": "DomainName"}, {"Fn::GetAtt": ["Distribution", "DomainName"]}]}


def origin_of_path(distribution: dict[str, Any], path: str) -> str:
    """Return the origin of the first behaviour whose pattern matches."""
    behaviours = [*distribution["CacheBehaviors"], {"PathPattern": "*", **distribution["DefaultCacheBehavior"]}]
    matching = (one["TargetOriginId"] for one in behaviours if fnmatchcase(path, one["PathPattern"]))
    return str(next(matching))


def security_headers(resources: dict[str, Any]) -> dict[str, Any]:
    config = resources["ConsoleHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]
    headers: dict[str, Any] = config["SecurityHeadersConfig"]
    return headers
