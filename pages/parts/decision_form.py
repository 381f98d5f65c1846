"""The form in which somebody decides: who, what, why, under which conditions, and with whom where it goes against what
is proposed. What is missing is said beside its field; nothing is drawn before somebody asked for it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from data.decisions import Draft, faults
from data.errors import PlumblineError
from pages.parts.text import plain
from pages.parts.theme import main_action
from reports.signs import badge
from reports.words import Sign

FIELDS = ("finding", "choice", "reason", "second", "conditions")  # who decides stays for the next time


@dataclass(frozen=True, slots=True)
class DecisionForm:
    """One kind of decision: the name its fields have in the session, what can be chosen, and its words."""

    name: str
    label: str
    choices: Sequence[str]
    signs: Mapping[str, Sign]
    advised: str
    """How what the numbers say is called: recommended, proposed."""
    findings: Sequence[str] = ()
    """What may have been found, where that is asked for, too."""

    def button(self, words: str, about: str) -> None:
        """The button that asks for the form about something."""
        st.button(
            words, key=f"{self.name}-begin", type=main_action(), icon=":material/gavel:", on_click=self._open,
            args=(about,),
        )  # fmt: skip

    def asked_for(self, about: str) -> bool:
        """Whether somebody asked for the form about this."""
        return bool(st.session_state.get(f"{self.name}-open") == about)

    def told(self) -> None:
        """Say once what was just recorded."""
        if notice := st.session_state.pop(f"{self.name}-notice", ""):
            st.toast(notice, icon=":material/check:")

    def draw(self, advice: str, keep: Callable[[Draft, str], None]) -> None:
        """Draw the fields; a decision that lacks nothing is given to `keep` with what was found."""
        sign = self.signs[advice]
        st.markdown(
            f"{badge(sign, f'{self.advised.capitalize()}: {sign.word}')}"
            f" :gray[It is kept with what is {self.advised} now.]"
        )
        beside: dict[str, st.delta_generator.DeltaGenerator] = {}
        left, right = st.columns(2, gap="medium")
        with left:
            who = st.text_input("Who decides", key=self._key("who"), placeholder="Your name", max_chars=80)
            beside["who"] = st.empty()
            finding = self._pick("What did you find", "finding", self.findings) if self.findings else ""
            beside["finding"] = st.empty()
            choice = self._pick(self.label, "choice", self.choices)
            beside["decision"] = st.empty()
            against = bool(choice) and choice != advice
            second = ""
            if against:
                second = st.text_input("Second name", key=self._key("second"), placeholder="Who agrees", max_chars=80)
                st.caption(f":material/info: Not what is {self.advised}: it needs a reason and a second name.")
            beside["second"] = st.empty()
        with right:
            label = "Reason" if against else "Reason (optional)"
            reason = st.text_area(label, key=self._key("reason"), max_chars=2000, height=80)
            beside["reason"] = st.empty()
            conditions = st.text_area("Conditions (optional)", key=self._key("conditions"), max_chars=2000, height=68)
        with st.container(horizontal=True, gap="small"):
            pressed = st.button("Record", key=self._key("save"), type=main_action(), icon=":material/check:")
            st.button("Cancel", key=self._key("cancel"), on_click=self._close)
        if not pressed and self._key("tried") not in st.session_state:
            return
        st.session_state[self._key("tried")] = True
        draft = Draft(who or "", choice, reason or "", second or "", conditions or "")
        missing = faults(draft, advice, self.choices)
        if self.findings and not finding:
            missing["finding"] = "Say whether the value is confirmed or refuted."
        for name, sentence in missing.items():
            beside[name].markdown(f":red[:material/error: {plain(sentence)}]")
        if pressed and not missing:
            self._keep(draft, finding, keep)

    def _keep(self, draft: Draft, finding: str, keep: Callable[[Draft, str], None]) -> None:
        try:
            keep(draft, finding)
        except PlumblineError as refusal:
            st.error(plain(refusal, 1000), icon=":material/block:")
            return
        self._close()
        st.session_state[f"{self.name}-notice"] = f"Recorded: {self.signs[draft.decision].word.lower()}."
        st.rerun()

    def _pick(self, label: str, field: str, among: Sequence[str]) -> str:
        picked = st.segmented_control(
            label, among, key=self._key(field), format_func=lambda name: self.signs[name].word
        )
        return str(picked or "")

    def _key(self, field: str) -> str:
        return f"{self.name}-{field}"

    def _open(self, about: str) -> None:
        self._close()
        st.session_state[self._key("open")] = about

    def _close(self) -> None:
        for field in ("open", "tried", *FIELDS):
            st.session_state.pop(self._key(field), None)
