"""`kill -9` of the agent: trainers go on, the next agent finds them and ships what they wrote meanwhile."""

from __future__ import annotations

from tests.faults.scenario import MOMENTS, Scenario


def test_killed_agent_is_replaced_and_nothing_is_lost(scenario: Scenario, seed: int) -> None:
    scenario.launch_two()
    first = scenario.runs[0]
    moment = MOMENTS[seed % len(MOMENTS)]
    request = scenario.get_to(moment, first)
    scenario.kill_agent()
    if request:
        request.join(20)
    short = scenario.launch(budget={"env_steps": 32 * 20})
    for run in scenario.runs[:2]:
        if not (moment == "stop" and run == first):
            scenario.reach(5, of=run)
    scenario.service.until(short, lambda run: run["state"] == "finished", "the end of the short run")
    scenario.finish()
    assert [scenario.service.run(run)["state"] for run in scenario.runs] == ["stopped", "stopped", "finished"]
    assert not scenario.violations()
