"""What an import answered."""

from tests.builders.world import Answer


def outcome(answer: Answer) -> tuple[int, int, dict[int, dict[str, str]]]:
    """How many were created and updated, and what was wrong with the others by their place."""
    assert answer.json["success"] is True
    data = answer.json["data"]
    return data["created"], data["updated"], {one["index"]: one["fields"] for one in data["rejected"]}


def flaws(answer: Answer) -> dict[str, str]:
    """What is wrong with the one record that was refused."""
    assert answer.status == 207, answer
    created, updated, rejected = outcome(answer)
    assert (created, updated, list(rejected)) == (0, 0, [0])
    return rejected[0]
