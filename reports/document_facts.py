"""What the documents of a product are made of: its part of the registry, its readings, its evals and topics."""

from dataclasses import dataclass
from datetime import date

from data.errors import PlumblineError, did_you_mean
from data.made_up import about
from data.names import names
from data.operation import Feed, Incident
from data.people import Role, Topic
from data.portfolio import Product, Readiness, Release, Scenario
from data.registry_store import current
from data.warehouse import Warehouse
from metrics import HEADLINES, Reading, Scope, default_scope, read
from metrics.eval_series import Point, eval_series
from metrics.gap_topics import GapTopic, gap_topics
from metrics.requirements import Checked, requirements
from metrics.targets import Targets, targets


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything about one product; `people` are the names by user id, `runs` its newest eval run of each suite,
    `made_up`: the demo company told of it.
    """

    product: Product
    today: date
    scope: Scope
    people: dict[str, str]
    roles: list[Role]
    scenarios: list[Scenario]
    requirements: list[Checked]
    topics: list[Topic]
    gaps: list[GapTopic]
    releases: list[Release]
    readiness: list[Readiness]
    incidents: list[Incident]
    feeds: list[Feed]
    goals: Targets
    readings: dict[str, Reading]
    runs: list[Point]
    made_up: bool

    def who(self, role: str, scenario: str = "") -> str:
        """Who holds a role for the product, or for one of its scenarios; "" for nobody."""
        held = [each for each in self.roles if each.role == role and (not scenario or each.scenario_id == scenario)]
        return ", ".join(sorted({self.named(each.user_id) for each in held}))

    def named(self, person: str | None) -> str:
        """What a person is called."""
        return self.people.get(person, person) if person else ""


def facts_of(store: Warehouse, product: str) -> Facts:
    """The facts of a product over the usual period. Raises PlumblineError when the registry does not know it."""
    scope = default_scope(store).model_copy(update={"products": (product,)})
    with store.reading() as reader:
        every = {each.product_id: each for each in current(reader, Product)}
        if product not in every:
            raise PlumblineError(
                f"There is no product '{product}'.{did_you_mean(product, every)}",
                f"Known are {', '.join(sorted(every)[:20])}." if every else "Register one on the page Registry.",
            )
        scenarios = [each for each in current(reader, Scenario) if each.product_id == product]
        work = {each.scenario_id for each in scenarios}
        roles = [each for each in current(reader, Role) if each.product_id == product or each.scenario_id in work]
        shelf = [each for each in current(reader, Topic) if each.product_id in (product, None)]
        asked = requirements(reader, product, scope.until)
        goals, people = targets(reader), names(reader)
        releases = [each for each in current(reader, Release) if each.product_id == product]
        ready = [each for each in current(reader, Readiness) if each.product_id == product and each.pilot_id is None]
        incidents = [each for each in current(reader, Incident) if each.product_id == product]
        feeds = [each for each in current(reader, Feed) if each.product_id == product]
    newest: dict[str, Point] = {}
    for point in eval_series(store, scope):
        if point.suite not in newest or point.ran >= newest[point.suite].ran:
            newest[point.suite] = point
    return Facts(
        product=every[product], today=store.clock().date(), scope=scope, people=people, roles=roles,
        scenarios=scenarios, requirements=asked, topics=shelf, gaps=gap_topics(store, scope)[0],
        releases=sorted(releases, key=lambda each: each.released_at, reverse=True), readiness=ready,
        incidents=sorted(incidents, key=lambda each: each.started_at, reverse=True), feeds=feeds, goals=goals,
        readings={each.metric: each for each in read(store, HEADLINES, scope)}, runs=list(newest.values()),
        made_up=about(store, product),
    )  # fmt: skip
