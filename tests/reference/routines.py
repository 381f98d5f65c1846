"""The routines of reference cases, by name: inputs as the cases name them, to the product's own functions. What a
routine does not define (a share of nothing, a curve beyond what was followed) is None.
"""

import math
from collections.abc import Callable, Mapping

import numpy as np

from metrics import (
    agreement,
    alerts,
    anytime,
    cash_flows,
    change_point,
    control_charts,
    means,
    periods,
    planning,
    proportions,
    statistics,
    strata,
)
from metrics.simulate import Result
from metrics.spec import Moments
from tests.reference import judges, use, waits
from tests.reference.cases import Found, Inputs, Malformed

Routine = Callable[[Inputs], list[Found]]


def hits_and_of(given: Inputs, hits: str = "x", of: str = "n") -> tuple[int, int]:
    """So many of so many."""
    count, size = given.count(hits), given.count(of)
    if count > size:
        raise Malformed(f"input '{hits}' is {count}, more than '{of}', {size}")
    return count, size


def pair(found: tuple[float, float] | None) -> list[Found]:
    """Two ends, or none."""
    return [None, None] if found is None else list(found)


def wilson(given: Inputs) -> list[Found]:
    """Low, high."""
    return pair(proportions.score_interval(*hits_and_of(given), given.level))


def clopper_pearson(given: Inputs) -> list[Found]:
    """Low, high."""
    return pair(proportions.exact_interval(*hits_and_of(given), given.level))


def one_sided_upper(given: Inputs) -> list[Found]:
    """The upper bound, all doubt on its side."""
    count, size = hits_and_of(given)
    return [proportions.exact_upper(count, size, 1 - given.level) if size else None]


def newcombe_difference(given: Inputs) -> list[Found]:
    """Low, high of p1 - p2."""
    (x1, n1), (x2, n2) = hits_and_of(given, "x1", "n1"), hits_and_of(given, "x2", "n2")
    return pair(proportions.difference((x1, x2), (n1, n2), given.level))


def mcnemar(given: Inputs) -> list[Found]:
    """Statistic, p; corrected for continuity unless told otherwise."""
    corrected = bool(given.get("correction", True))
    return pair(proportions.mcnemar(given.count("b"), given.count("c"), corrected=corrected))


def mcnemar_exact(given: Inputs) -> list[Found]:
    """The rarer kind, p."""
    return list(proportions.mcnemar_exact(given.count("b"), given.count("c")))


def poisson_rate(given: Inputs) -> list[Found]:
    """Low, high of the rate."""
    return pair(proportions.poisson_rate(given.count("x"), given.number("exposure", 1.0), given.level))


def cohens_kappa(given: Inputs) -> list[Found]:
    """Kappa."""
    return [agreement.cohen(given["table"])]


def fleiss_kappa(given: Inputs) -> list[Found]:
    """Kappa."""
    return [agreement.fleiss(given["table"])]


def welch(given: Inputs) -> list[Found]:
    """t, degrees of freedom, low, high of mean(a) - mean(b)."""
    found = means.welch(means.of_values(given.numbers("a")), means.of_values(given.numbers("b")), given.level)
    return [None] * 4 if found is None else [found.t, found.freedom, found.low, found.high]


def samples(given: Inputs) -> tuple[means.Sample, means.Sample]:
    """The samples b (treated) and a (control), of their sums."""
    b, a = (
        means.of_sums(given.count(f"n_{name}"), given.number(f"sum_{name}"), given.number(f"sumsq_{name}"))
        for name in "ba"
    )
    return b, a


def relative_lift(given: Inputs) -> list[Found]:
    """Lift of b over a, low, high, standard error; with relative false the difference."""
    b, a = samples(given)
    relative = bool(given.get("relative", True))
    found = means.lift(b, a, given.level) if relative else means.welch(b, a, given.level)
    return [None] * 4 if found is None else [found.value, found.low, found.high, found.error]


def asymptotic_sequence(given: Inputs) -> list[Found]:
    """Lift of b over a, low, high, standard error, at any number of observations."""
    b, a = samples(given)
    relative = bool(given.get("relative", True))
    lift = means.lift(b, a, given.level) if relative else means.welch(b, a, given.level)
    if lift is None:
        return [None] * 4
    return list(anytime.mean_sequence(lift.value, lift.error, a.size + b.size, 1 - given.level, given.number("tuning")))


def rho(given: Inputs) -> float:
    """The mixture that is tightest at v_opt."""
    return anytime.tightest(given.number("v_opt"), given.number("alpha_opt"))


def mixture_rho(given: Inputs) -> list[Found]:
    """Rho."""
    return [rho(given)]


def mixture_bound(given: Inputs) -> list[Found]:
    """The boundary."""
    return [anytime.boundary(given.number("v"), given.number("alpha"), rho(given))]


def mixture_evidence(given: Inputs) -> list[Found]:
    """The logarithm of the e-value."""
    return [anytime.log_evidence(given.number("s"), given.number("v"), rho(given))]


def bernoulli_sequence(given: Inputs) -> list[Found]:
    """Low, high."""
    doubt = given.number("alpha", 0.05)
    tuned = given.number("alpha_opt", doubt)
    return list(anytime.share_sequence(*hits_and_of(given), doubt, given.number("t_opt"), tuned))


def clustered_ratio_se(given: Inputs) -> list[Found]:
    """The standard error of sum(s) / sum(m)."""
    m, s = given.numbers("m"), given.numbers("s")
    if len(m) != len(s):
        raise Malformed(f"'m' has {len(m)} values and 's' {len(s)}: one of each a unit")
    units = [(of, hits) for of, hits in zip(m, s, strict=True) if of > 0]
    if len(units) < 2:
        return [None]
    sums = (
        sum(hits for _, hits in units), sum(of for of, _ in units), sum(hits * hits for _, hits in units),
        sum(of * of for of, _ in units), sum(hits * of for of, hits in units),
    )  # fmt: skip
    return [math.sqrt(statistics.delta_variance(Moments(len(units), *sums)))]  # type: ignore[arg-type]


def design_effect(given: Inputs) -> list[Found]:
    """The factor."""
    return [planning.design_effect(given.number("m"), given.number("icc"))]


def difference_in_differences(given: Inputs) -> list[Found]:
    """What the treated changed more."""
    names = ("treated_before", "treated_after", "control_before", "control_after")
    return [means.difference_in_differences(*(given.number(name) for name in names))]


def mantel_haenszel(given: Inputs) -> list[Found]:
    """The common odds ratio, the statistic as it is, and p: corrected for continuity, as R prints it. With
    `correction` stated, statistic and p are both of that kind.
    """
    found = strata.common_odds(given["strata"])
    if found is None:
        return [None] * 3
    if "correction" not in given:
        return [found.ratio, found.statistic, found.p_corrected]
    if given.get("correction"):
        return [found.ratio, found.statistic_corrected, found.p_corrected]
    return [found.ratio, found.statistic, found.p]


def standardisation(given: Inputs) -> list[Found]:
    """Both pooled rates, then both rates at the weights' mix."""
    groups, weights = (given["a"], given["b"]), given.numbers("weights")
    if any(len(group) != len(weights) for group in groups):
        raise Malformed(f"'a' and 'b' need a stratum for each of the {len(weights)} weights")
    return [strata.pooled(group) for group in groups] + [strata.standardised(group, weights) for group in groups]


def ewma(given: Inputs) -> list[Found]:
    """The average after each value."""
    return list(control_charts.smoothed(given.numbers("x"), given.number("lam"), given.number("target")))


def ewma_limits(given: Inputs) -> list[Found]:
    """High, low; of point t where that is stated."""
    after = given.count("t") if "t" in given else None
    weight, sigmas = given.number("lam"), given.number("k", control_charts.SIGMAS)
    found = control_charts.smoothed_limits(given.number("target"), given.number("s"), weight, sigmas, after)
    return [found.high, found.low]


def tabular_cusum(given: Inputs) -> list[Found]:
    """The sum that first exceeds h, and which value that was, counted from 1."""
    sums = control_charts.cusum(given.numbers("x"), given.number("target"), given.number("k"))
    signal = control_charts.first_signal(sums, given.number("h"))
    return [None, None] if signal is None else [signal.value, signal.place + 1]


def cusum_arl(given: Inputs) -> list[Found]:
    """The mean run length for each h."""
    thresholds = given["h"] if isinstance(given["h"], list) else [given.number("h")]
    return [control_charts.run_length(given.number("k"), h, given.number("mu", 0.0)) for h in thresholds]


def p_chart_limits(given: Inputs) -> list[Found]:
    """High, low."""
    found = control_charts.share_limits(given.number("pbar"), given.number("n"), given.number("k", 3.0))
    return [None, None] if found is None else [found.high, found.low]


def pettitt(given: Inputs) -> list[Found]:
    """How many values lie before the change."""
    if isinstance(given.get("data"), str):
        found = change_point.pettitt(use.library_series(given["data"]))
    else:
        found = change_point.pettitt(given.numbers("data" if "data" in given else "x"))
    return [None if found is None else found.before]


def benjamini_hochberg(given: Inputs) -> list[Found]:
    """How many are rejected."""
    return [sum(alerts.raised(given.numbers("p"), given.number("q", 0.05)))]


def significance(given: Inputs) -> float:
    """The level of the test, by the name of these cases or by R's."""
    return given.number("sig_level", given.number("alpha", 0.05))


def sides(given: Inputs) -> int:
    """One or two, by R's words."""
    return (
        1 if str(given.get("alternative", "two.sided")).replace("-", ".") in ("one.sided", "larger", "smaller") else 2
    )


def sample_size_shares(given: Inputs) -> list[Found]:
    """Of each group."""
    p1, p2, power = given.number("p1"), given.number("p2"), given.number("power")
    return [planning.for_shares(p1, p2, power, significance(given), sides=sides(given))]


def sample_size_means(given: Inputs) -> list[Found]:
    """Of each group."""
    delta, sd, power = given.number("delta"), given.number("sd", 1.0), given.number("power")
    groups = 1 if str(given.get("type", "two.sample")) in ("one.sample", "paired") else 2
    return [planning.for_means(delta, sd, power, significance(given), sides=sides(given), samples=groups)]


def npv(given: Inputs) -> list[Found]:
    """As Excel's NPV."""
    return [cash_flows.net_present_value(given.number("rate"), given.numbers("cashflows"))]


def dated(given: Inputs) -> tuple[list[float], list[periods.date]]:
    """Values and their days."""
    values, days = given.numbers("values"), given.days("dates")
    if len(values) != len(days):
        raise Malformed(f"'values' has {len(values)} and 'dates' {len(days)}")
    return values, days


def xnpv(given: Inputs) -> list[Found]:
    """As Excel's XNPV."""
    return [cash_flows.dated_value(given.number("rate"), *dated(given))]


def xirr(given: Inputs) -> list[Found]:
    """As Excel's XIRR."""
    return [cash_flows.dated_return(*dated(given))]


def irr(given: Inputs) -> list[Found]:
    """The rate per period."""
    return [cash_flows.rate_of_return(given.numbers("cashflows"))]


def roi(given: Inputs) -> list[Found]:
    """(Benefits - costs) / costs, of present values; what is stated of net, benefit, cost and (for a report that prints
    only that) ROI itself gives the others.
    """
    words = {"net": ("net", "npv"), "benefit": ("benef",), "cost": ("cost",)}
    stated = {
        part: next((given.number(name) for name in given.ending("") if any(word in name for word in named)), None)
        for part, named in words.items()
    }
    net, benefit, cost = stated["net"], stated["benefit"], stated["cost"]
    if cost is None and benefit is not None and net is not None:
        cost = benefit - net
    if cost is None and net is not None:
        cost = net / given.number("roi") if given.number("roi") else None
    if benefit is None and net is not None and cost is not None:
        benefit = cost + net
    if benefit is None or cost is None:
        raise Malformed("ROI needs two of present benefits, costs and net value (names with 'benef', 'cost', 'net')")
    found = Result(np.array([benefit]), np.array([cost]), {}).roi[0]
    return [float(found) if math.isfinite(found) else None]


def business_days(given: Inputs) -> list[Found]:
    """Mondays to Fridays from start to the day before end."""
    (start,), (end,) = given.days("start"), given.days("end")
    return [periods.working_days(start, end, given.days("holidays") if "holidays" in given else ())]


ROUTINES: Mapping[str, Routine] = {
    "wilson": wilson,
    "clopper_pearson": clopper_pearson,
    "one_sided_upper": one_sided_upper,
    "newcombe_difference": newcombe_difference,
    "paired_eval_mcnemar": mcnemar,
    "paired_eval_mcnemar_exact": mcnemar_exact,
    "rogan_gladen": judges.rogan_gladen,
    "judge_plugin_ci": judges.plugin_interval,
    "ppi_mean": judges.prediction_powered,
    "ppi_mean_power_tuned": judges.power_tuned,
    "cohens_kappa": cohens_kappa,
    "fleiss_kappa": fleiss_kappa,
    "kaplan_meier": waits.survival_at,
    "kaplan_meier_se": waits.error_at,
    "kaplan_meier_loglog_ci": waits.interval_at,
    "kaplan_meier_median": waits.medians,
    "kaplan_meier_median_ci": waits.median_interval,
    "logrank": waits.log_rank,
    "welch_difference": welch,
    "relative_lift_delta": relative_lift,
    "asymptotic_confidence_sequence": asymptotic_sequence,
    "normal_mixture_rho": mixture_rho,
    "normal_mixture_bound": mixture_bound,
    "normal_mixture_log_evalue": mixture_evidence,
    "bernoulli_confidence_sequence": bernoulli_sequence,
    "clustered_ratio_se": clustered_ratio_se,
    "design_effect": design_effect,
    "difference_in_differences": difference_in_differences,
    "cochran_mantel_haenszel": mantel_haenszel,
    "direct_standardisation": standardisation,
    "ewma": ewma,
    "ewma_limits": ewma_limits,
    "tabular_cusum": tabular_cusum,
    "cusum_arl": cusum_arl,
    "p_chart_limits": p_chart_limits,
    "pettitt_changepoint": pettitt,
    "poisson_rate_ci": poisson_rate,
    "fdr_bh": benjamini_hochberg,
    "sample_size_two_prop": sample_size_shares,
    "sample_size_t": sample_size_means,
    "npv": npv,
    "xnpv": xnpv,
    "xirr": xirr,
    "irr": irr,
    "roi": roi,
    "adoption_sql": use.adoption,
    "business_days": business_days,
}
