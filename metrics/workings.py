"""How the tables and figures come about that are no reading of the catalogue: what each counts, its interval, and what
it leaves out. The statement itself is read off while it runs.
"""

from collections.abc import Mapping
from typing import NamedTuple

PEOPLE = "Rows in shadow mode and synthetic ones; accounts of services, tests and the product team."
ALSO = PEOPLE[:1].lower() + PEOPLE[1:]


class Working(NamedTuple):
    """One table in words."""

    title: str
    counts: str
    interval: str
    left_out: str

    def mentions(self, words: str) -> bool:
        """Whether every word asked for stands somewhere in it."""
        held = " ".join(self).casefold()
        return all(word in held for word in words.casefold().split())


WORKINGS: Mapping[str, Working] = {
    "eval runs": Working(
        "Eval runs",
        "A trial is good when all of its checks are; a case's score is its share of good trials; a run's value is"
        " the mean score of its cases, by scenario (else by topic) weighed by what production asked for in the"
        " period, so a change of mix is no change of the product. Where cases or production name neither, it is the"
        " plain average.",
        "Plain: Wilson over cases. Weighed: the distances of each stratum to the ends of its Wilson interval,"
        " weighed, squared and added (MOVER: Zou and Donner, Statistics in Medicine 27 (2008)). Under 10 cases none"
        " is shown, under 30 nothing is decided (open dot). Against the run before: Student's interval over the"
        " same cases (Miller, arXiv 2411.00640), McNemar's test, exact where under 25 cases differ.",
        "Checks that failed themselves. Runs of other cases, of another version of them or by another judge are"
        " not compared, and not joined by a line. Teams and pilots: a suite tests the product.",
    ),
    "retention": Working(
        "Retention by week",
        "People by the ISO week of their first use; of those who began so many weeks ago, how many used it in week"
        " N after. The curve pools the cohorts that are old enough, weighed by their size; at risk is how many"
        " people these are.",
        "Wilson over people, each week by itself. The curve stops where fewer than 10 people are at risk; under 30"
        " the dot is open.",
        "Weeks that are not complete; people without a name; " + ALSO,
    ),
    "explained": Working(
        "What changed and why",
        "The change from the period before, split by segment (Kitagawa, JASA 50 (1955)): by its rate, the mean of"
        " its two shares of events times the change of its rate; by its mix, the change of its share times the mean"
        " of its two rates less the mean of all. Both add up to the change. A segment without events on one side is"
        " all mix.",
        "The change has a MOVER interval from both readings; the parts have none: each segment shows its two"
        " readings with theirs.",
        "As the metric leaves out. Refused where somebody counts in several segments, and where either period may"
        " not be relied on.",
    ),
    "backlog": Working(
        "Backlog",
        "Cases that the newest run of their suite fails (most trials failed) and gaps that are not documented with"
        " a better eval yet, by their topic. Ranked by the topic's blocked tasks times what a task done is worth"
        " (minutes saved, hourly rate, captured and attributed share of the registry), then by blocked tasks. What"
        " names no topic is last: nothing says what it blocks.",
        "None: everything is counted.",
        "Gaps that were cancelled, closed unanswered, or whose case passed from the start; requests of services,"
        " tests and the product team.",
    ),
    "waiting tickets": Working(
        "Waiting tickets",
        "Tickets of all kinds but incidents, opened up to the last day, whenever that was, without a first answer"
        " at the end of their product's data. The wait is in business hours of the expert's calendar.",
        "None: everything is counted. The response time beside it is Kaplan-Meier with these tickets censored.",
        "Tickets closed or cancelled without an answer; requests of services, tests and the product team.",
    ),
    "failures": Working(
        "Why interactions failed",
        "Interactions of the period that failed: by somebody's verdict or for a technical error, by cause. The"
        " best evidence decides as for tasks; a technical error explains before a verdict; a verdict on a session"
        " counts once.",
        "None: all are counted.",
        PEOPLE,
    ),
    "requirements": Working(
        "Requirements",
        "A requirement passes when every case that it names, by suite, topic or beginning of its id, passed in the"
        " newest run of its suite up to the last day. A case passes when most of its trials do, a trial when all of"
        " its checks do.",
        "Wilson over cases, exact (Clopper and Pearson) under 20.",
        "Checks that failed themselves.",
    ),
    "releases": Working(
        "Before and after each release",
        "Task success in up to four whole weeks on either side of the release.",
        "MOVER from both readings (Donner and Zou, Statistics in Medicine 21 (2002)). Not causal.",
        "The 48 hours after the release and the days of other releases; refused across a change of judge,"
        " definition or price.",
    ),
    "latency": Working(
        "How long it takes",
        "The time within which half, 95 % and 99 % of the interactions of the period, and of each ISO week, were"
        " answered, read off buckets 9 % wide (2^(1/8)).",
        "None: all are counted. In brackets the ends of the bucket.",
        "Interactions that say no time; " + ALSO,
    ),
    "availability": Working(
        "Availability",
        "Five-minute slots of the business hours (settings sme_opens to sme_closes, Monday to Friday) with traffic"
        " or in an incident of severity s1, s2 or none stated. A slot went well when the share of technical"
        " failures stayed under the floor set for it (3 % where none is) and no incident ran.",
        "None: every slot is counted.",
        "Slots without traffic and without incident; " + ALSO,
    ),
    "control chart": Working(
        "Technical failures, control chart",
        "Failed interactions of all, day by day (week by week where a typical day leads to expect fewer than five"
        " failures), against the share of the first eight weeks, which stays frozen.",
        "Limits of three deviations of the baseline's share at each point's number of interactions, widened where"
        " points differ by more than chance (Laney, Quality Engineering 14 (2002)): one false alarm in 370 points,"
        " were the baseline known exactly.",
        "Days and weeks that are partial, overdue or without data: a gap in a feed is no drop. Rows in shadow mode"
        " and synthetic ones; accounts of services, tests and the product team.",
    ),
    "drift": Working(
        "Drift",
        "Each week's reading against the mean of the first eight complete ones: CUSUM (k 0.5, h 5), EWMA (weight"
        " 0.2, 2.86 sigmas) and three-sigma limits, in standard errors of the week.",
        "Were the baseline known exactly, CUSUM raises one false alarm in 465 weeks, EWMA and limits one in 370."
        " An alarm stands when the last four weeks differ so much that chance gives it in one of ten such series.",
        "Weeks that are partial or not to be relied on: a gap in a feed is no drop. The two days after a release.",
    ),
    "human review": Working(
        "Human review",
        "Of the interactions of scenarios that require review: those in mode review or assist, of those whose mode"
        " is known.",
        "By people: delta method, Wilson at the effective size. Under 10 people none.",
        "Interactions that say no mode (counted beside); " + ALSO,
    ),
    "incidents": Working(
        "Incidents",
        "Incidents of the registry that touch the period. Time to restore: the median of the hours from start to"
        " restored, open ones longer than any; none where at least half are open.",
        "None: all are listed.",
        "Nothing.",
    ),
    "gap topics": Working(
        "Which missing knowledge blocks tasks",
        "A task is blocked when it failed without a technical error, or went to a person though no process asks"
        " for that. Type of gap, the first that holds: missing, no inventory lists it or no source is approved; no"
        " access, the approved source is not indexed or too few probe questions find it; stale, the source is older"
        " than agreed or the index behind it; contradictory, an eval case passes in one trial and fails in another"
        " of the same run; unclear, too few eval cases pass. A person may know better: the data can only point."
        " Worth: minutes saved a task, times the hourly rate, times the captured and attributed shares, each at its"
        " mean, as the registry's assumptions have them: what the blocked tasks would have brought had all been"
        " done, so the most that closing the gap can bring.",
        "By people: delta method, Wilson. Tasks of unknown end count as not blocked, so the share is a lower bound.",
        "Blocked tasks that name no topic (counted beside); " + ALSO,
    ),
    "gap board": Working(
        "From question to better eval",
        "Every gap (ticket of kind context_gap) stands where its last moment put it: opened, answered, documented,"
        " eval improved. Days and business hours since then, up to the end of the data.",
        "None: everything is counted.",
        "Gaps of services, tests and the product team; those that were cancelled or closed unanswered stand nowhere.",
    ),
    "loop": Working(
        "The loop, stage by stage",
        "Of the gaps opened in the period, the time from one moment to the next in business hours of the expert.",
        "Kaplan-Meier, pointwise log-log, inverted for median and P90 (Brookmeyer and Crowley, Biometrics 38 (1982)).",
        "Gaps whose moments are out of order; gaps of services, tests and the product team. Open ones are censored.",
    ),
    "returns": Working(
        "Asked again, reopened",
        "Of the gaps opened in the period: asked again by the same person about the same topic within 30 days of"
        " the answer; reopened; followed by a new gap on a topic that was documented; documented and eval improved.",
        "Wilson over gaps.",
        "Gaps too young to tell; gaps of services, tests and the product team.",
    ),
    "experts": Working(
        "Experts",
        "Tickets opened in the period by who they were given to, and required topics by who keeps them.",
        "Kaplan-Meier with open tickets censored; a median from 10 answered tickets on, P90 from 30.",
        "Incidents; requests of services, tests and the product team.",
    ),
    "published answers": Working(
        "Did the answers help",
        "Task success on the topic after its answer was documented less before, less the same change of the"
        " product's other topics, for which none was documented in those weeks; up to four weeks on either side.",
        "MOVER over the four groups, by people; none under 10 people in one of them. Not causal.",
        "The 48 hours after the documentation; " + ALSO,
    ),
    "coverage matrix": Working(
        "Coverage by topic and product",
        "The first step on the way from a topic to an answer that fails: an approved source, an index, its age"
        " against what is allowed, probe questions that find it, eval cases that pass.",
        "None: every topic is looked at.",
        "Topics of no inventory that nobody asks about.",
    ),
    "scenario value": Working(
        "Better, faster, cheaper",
        "Better: the scenario's own task success less its baseline. Faster: minutes saved a task, as the registry"
        " states them, else the baseline minutes less the minutes with AI. Cheaper: those minutes at the hourly"
        " rate less what a successful task cost, of the product or pilot as a whole.",
        "Better: MOVER from both sides. Faster and cheaper: P5 to P95 of 20,000 draws of every input.",
        "As the readings leave out; nothing is compared where either side is not known.",
    ),
    "ledger": Working(
        "Ledger",
        "20,000 seeded draws of every line: task success from its own sampling distribution, every other input"
        " from the registry, the pilot's own before its product's before that of all products. A task of unknown"
        " outcome is no success; capital is charged in full before the first month; the nth month is discounted by"
        " n/12 years.",
        "P5 to P95 of the draws. The tornado moves one input from its P10 to its P90, all others at their median.",
        "Months after the end of the data.",
    ),
}
