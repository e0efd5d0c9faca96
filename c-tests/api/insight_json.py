"""Reads an explanation and a trace, one JSON object per line, and checks that their members are there."""

import json
import sys

explanation, *facts = [json.loads(line) for line in sys.stdin]
assert [place["target"] for place in explanation["candidates"]] == ["192.0.2.1:5060/udp", "192.0.2.2:5060/udp"], explanation
assert all(isinstance(place["budget_ms"], int) for place in explanation["candidates"])
assert len(explanation["servers"]) == 2 and explanation["servers"][0]["current"] is True
assert len(facts) > 5 and all(fact["what"] and fact["text"] and fact["ago_ms"] >= 0 for fact in facts), facts
assert any(fact["what"] == "response" and fact["cause"] == "response 200" for fact in facts)
