"""Photos over real HTTP: uploads of real files, and presigned URLs without other authorisation."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.builders.photos import SECRET_PLACE, located_photo, opened, photo
from tests.system.clients import PATIENCE_S, Person, Stack
from tests.system.repairs import repair, upload


def fetch(url: str, method: str = "GET") -> httpx.Response:
    """Return the response for a URL, without token and cookie."""
    return httpx.request(method, url, trust_env=False, timeout=PATIENCE_S)


def put(told: dict[str, Any], content: bytes, **other: str) -> int:
    answer = httpx.post(
        told["url"], data={**told["fields"], **other}, files={"file": content}, trust_env=False, timeout=PATIENCE_S
    )
    return answer.status_code


def presigned(person: Person, order_id: str) -> dict[str, Any]:
    answer = person.post("/v1/uploads/photos/presign", {"workOrderId": order_id, "kind": "COMPLETION"})
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


def wait_until(holds: Callable[[], bool]) -> None:
    """Repeat until the condition holds."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline


def test_a_photo_is_uploaded_shown_and_deleted(stack: Stack) -> None:
    order_id, tech = repair(stack), stack.person("tech2")
    content = located_photo(orientation=6)
    assert SECRET_PLACE.encode() in content
    answer = upload(tech, order_id, content)
    assert answer.status_code == 201, answer.text
    view = answer.json()
    for url in (view["url"], view["thumbUrl"]):
        seen = fetch(url)
        assert (seen.status_code, seen.headers["Content-Type"]) == (200, "image/jpeg")
        assert opened(seen.content).size == (48, 64)
        assert dict(opened(seen.content).getexif()) == {}
        assert SECRET_PLACE.encode() not in seen.content
    assert stack.call("DELETE", f"/v1/uploads/photos/{view['id']}", token=tech.token).status_code == 204
    assert fetch(view["url"]).status_code == 404
    assert fetch(view["thumbUrl"]).status_code == 404


def test_presigned_url_is_valid_for_its_photo_only(stack: Stack) -> None:
    order_id, tech = repair(stack), stack.person("tech2")
    mine, other = (upload(tech, order_id).json()["url"] for _ in range(2))
    path, query = urlsplit(mine).path, urlsplit(mine).query
    outside = mine.removesuffix(f"{path}?{query}")
    foreign = query.replace("Credential=local", "Credential=other")
    longer = query.replace("X-Amz-Expires=900", "X-Amz-Expires=90000")
    assert longer != query
    refused = [
        f"{outside}{path}",
        f"{outside}{path}?{query[:-4]}0000",
        f"{outside}{path}?{foreign}",
        f"{outside}{path}?{longer}",
        f"{outside}{urlsplit(other).path}?{query}",
        f"{outside}{path.replace('photo.jpg', 'thumb.jpg')}?{query}",
        f"{outside}{path.replace('/demo/', '/other/')}?{query}",
        f"{outside}{path}?{query}&response-content-type=text/html",
        f"{outside}{path.rsplit('/', 1)[0]}/?{query}",
        f"{outside}/_s3/baton-local-photos?{query}",
        f"{outside}/_s3/baton-local-photos?list-type=2",
    ]
    for url in refused:
        assert fetch(url).status_code == 403, url
    for method in ("HEAD", "PUT", "DELETE", "POST", "PATCH"):
        assert fetch(mine, method).status_code == 403, method
    assert fetch(mine).status_code == 200


def test_presigned_url_expires(brisk_stack: Stack) -> None:
    url = upload(brisk_stack.person("tech2"), repair(brisk_stack)).json()["url"]
    wait_until(lambda: fetch(url).status_code == 403)
    assert b"expired" in fetch(url).content


def test_a_large_photo_is_put_by_the_client_itself(stack: Stack) -> None:
    order_id, tech = repair(stack), stack.person("tech2")
    told = presigned(tech, order_id)
    asked = httpx.options(told["url"], headers={"Origin": "https://app.example"}, trust_env=False)
    assert asked.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in asked.headers["Access-Control-Allow-Methods"]
    assert put(told, photo(), key=told["fields"]["key"] + "x") == 403
    assert put(told, bytes(told["mostBytes"] + 1)) == 400
    assert put(told, photo((900, 600)) + bytes(7_000_000)) == 204
    answer = tech.post(f"/v1/uploads/photos/{told['id']}/confirm")
    assert answer.status_code == 201, answer.text
    assert opened(fetch(answer.json()["url"]).content).size == (900, 600)


def test_unconfirmed_large_photo_is_deleted(brisk_stack: Stack) -> None:
    tech = brisk_stack.person("tech2")
    told = presigned(tech, repair(brisk_stack))
    put(told, b"no photo")
    confirm = f"/v1/uploads/photos/{told['id']}/confirm"
    wait_until(lambda: tech.post(confirm).status_code == 404)
    assert put(told, photo()) == 403


def test_a_photo_that_is_too_large_is_refused_before_it_is_read(stack: Stack) -> None:
    order_id, tech = repair(stack), stack.person("tech2")
    for size in (4_194_305, 7_000_000):
        answer = upload(tech, order_id, bytes(size))
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, "PAYLOAD_TOO_LARGE")
        details = answer.json()["error"]["details"]
        assert details["most"] in (4_194_304, 6_000_000)  # of the application, and of the gateway before it
        assert "/v1/uploads/photos/presign" in details["instead"]
