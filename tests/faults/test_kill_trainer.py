"""`kill -9` of a trainer: its run has failed with a reason, everything that it acknowledged is kept, others go on."""

from __future__ import annotations

from tests.faults.scenario import MOMENTS, Scenario


def test_killed_trainer_fails_its_run_and_loses_nothing(scenario: Scenario, seed: int) -> None:
    scenario.launch_two()
    killed, other = scenario.runs
    request = scenario.get_to(MOMENTS[seed % len(MOMENTS)], killed)
    scenario.kill_trainer(killed)
    record = scenario.service.until(killed, lambda run: run["state"] in ("failed", "stopped"), "the end of the run", 10)
    if request:
        request.join(20)
    if record["state"] == "failed":
        assert "signal 9" in record["reason"]
    scenario.reach(5, of=other)
    scenario.finish()
    assert not scenario.violations()
