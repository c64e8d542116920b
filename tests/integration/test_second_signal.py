"""Ctrl-C twice while a network does not answer: the run leaves, and the next one publishes each part once."""

from __future__ import annotations

import signal
import socket
from collections import Counter

from tests.integration.conftest import Team


def test_a_second_ctrl_c_leaves_at_once_and_the_next_run_ends_with_each_part_once(team: Team, served: str) -> None:
    team.write("listening", muted=["x", "linkedin", "facebook", "instagram", "bluesky"])
    team.commit()
    team.git("push", "-q")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        process = team.start("run", "--now", "2026-11-23T12:00:00+01:00", env={"PUBLISHER_SANDBOX": address})
        assert process.stderr is not None
        connection, _ = silent.accept()
        process.send_signal(signal.SIGINT)
        while "Finishing the part in hand" not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)  # the network would be waited for longer than that
        connection.close()
    assert (process.returncode, "Left at once" in err, "Traceback" in err) == (130, True, False)
    env = {"PUBLISHER_SANDBOX": served}
    assert {row["state"] for row in team.run(env=env).values()} == {"published"}
    assert set(Counter(post["text"] for post in team.held(env=env)).values()) == {1}
