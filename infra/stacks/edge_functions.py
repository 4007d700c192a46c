"""The functions that CloudFront runs on requests before it forwards them to an origin."""

from __future__ import annotations

import json
from typing import Any

from chalicelib.core.errors import RouteNotFound
from chalicelib.edge.client_ip import VIEWER
from chalicelib.realtime.permissions import CHANNELS
from infra.hosting.files import PUBLIC_PAGES

_NOT_FOUND = {
    "success": False,
    "error": {"code": RouteNotFound.code, "message": RouteNotFound.summary, "details": {}},
}

CHANNEL_FUNCTION = """\
function handler(event) {
  var request = event.request;
  var parts = request.uri.split('/');
  var channel = parts[4];
  if (!CHANNELS.includes(channel) || parts.slice(5).join('')) {
    return {
      statusCode: 404,
      headers: {
        'content-type': { value: 'application/json' },
        'x-request-id': { value: event.context.requestId }
      },
      body: { encoding: 'text', data: NOT_FOUND }
    };
  }
  request.uri = '/api';
  request.querystring.channel = { value: channel };
  return request;
}
""".replace("CHANNELS", json.dumps(CHANNELS)).replace("NOT_FOUND", json.dumps(json.dumps(_NOT_FOUND)))
"""Rewrites the path of a socket, and answers unknown channels."""

# Replaces a header of this name that a client may have sent.
VIEWER_FUNCTION = f"""\
function handler(event) {{
  var request = event.request;
  request.headers['{VIEWER.lower()}'] = {{ value: event.viewer.ip }};
  return request;
}}
"""
"""Adds the client's address as a header."""

# A part of a page's address, such as a serial number, may contain a dot. So a dot alone does not make a path a file.
PAGE_FUNCTION = """\
function handler(event) {
  var request = event.request;
  var page = PUBLIC_PAGES[request.uri];
  if (page) {
    request.uri = '/' + page;
  } else if (!/^\\/(assets\\/.*|[^/]*[.][^/]*)$/.test(request.uri)) {
    request.uri = '/index.html';
  }
  return request;
}
""".replace("PUBLIC_PAGES", json.dumps(PUBLIC_PAGES))
"""Returns the pages of tracking links and battery passports for their addresses, and the console's page for all other
paths except those of files: below `/assets/`, or in the root with a dot."""


def function(name: str, comment: str, code: str) -> dict[str, Any]:
    """Return the resource of a function."""
    return {
        "Type": "AWS::CloudFront::Function",
        "Properties": {
            "Name": name,
            "AutoPublish": True,
            "FunctionCode": code,
            "FunctionConfig": {"Comment": comment, "Runtime": "cloudfront-js-2.0"},
        },
    }


def on_request(function: str) -> list[dict[str, Any]]:
    """Return the association of a behaviour with the function that has this logical id."""
    return [{"EventType": "viewer-request", "FunctionARN": {"Fn::GetAtt": [function, "FunctionARN"]}}]
