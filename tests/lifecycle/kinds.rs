//! Every kind of change that an analyst can make.

use huntcase::error::{Error, Result};
use huntcase::findings::{
    Action, Author, Change, ChosenRule, Classification, CommandTest, Determination, FindingId, HuntChange,
    HuntId, HuntStatus, HypothesisStatus, NewSuppression, Reopen, ReviewState, Scope, Status, SuppressionId,
    TagChange, add_suppression, change_findings, change_hunt, change_rule, lift_suppression, list_devices,
    list_hunts, list_suppressions, open_hunt, review_devices, write_note,
};
use huntcase::rules::Severity;
use proptest::prelude::*;

use super::bench::{Bench, resolved_as};
use super::picture::all_findings;
use crate::support::span;

/// A kind of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Begin,
    Resolve,
    LeaveUndetermined,
    ResolveForATime,
    Reopen,
    Verdict,
    Severity,
    Assign,
    Tag,
    Untag,
    Note,
    Reason,
    SeveralAtOnce,
    Review,
    BeginReview,
    ForgetReview,
    OpenHunt,
    ChangeHunt,
    RenameHunt,
    Comment,
    CloseHunt,
    MoveRule,
    RulePolicy,
    Hide,
    HideAccount,
    SuppressResolve,
    Lift,
    LiftAndShow,
}

impl Kind {
    pub const ALL: [Self; 28] = [
        Self::Begin,
        Self::Resolve,
        Self::LeaveUndetermined,
        Self::ResolveForATime,
        Self::Reopen,
        Self::Verdict,
        Self::Severity,
        Self::Assign,
        Self::Tag,
        Self::Untag,
        Self::Note,
        Self::Reason,
        Self::SeveralAtOnce,
        Self::Review,
        Self::BeginReview,
        Self::ForgetReview,
        Self::OpenHunt,
        Self::ChangeHunt,
        Self::RenameHunt,
        Self::Comment,
        Self::CloseHunt,
        Self::MoveRule,
        Self::RulePolicy,
        Self::Hide,
        Self::HideAccount,
        Self::SuppressResolve,
        Self::Lift,
        Self::LiftAndShow,
    ];
}

/// A change of one kind; `which` chooses among what there is to change.
#[derive(Debug, Clone, Copy)]
pub struct Decision {
    pub kind: Kind,
    pub which: usize,
}

/// Any change.
pub fn decisions() -> impl Strategy<Value = Decision> {
    (prop::sample::select(&Kind::ALL[..]), 0..12_usize).prop_map(|(kind, which)| Decision { kind, which })
}

impl Decision {
    /// Makes the change. False where there is nothing to change so, it is refused, or changes nothing.
    pub fn make(self, bench: &Bench, author: Author<'_>) -> bool {
        let before = bench.change_count();
        match self.try_to_make(bench, author) {
            None | Some(Err(Error::Usage(_) | Error::Unknown { .. })) => false,
            Some(Err(error)) => panic!("{self:?}: {error}"),
            Some(Ok(())) => author.dry_run || bench.change_count() > before,
        }
    }

    fn try_to_make(self, bench: &Bench, author: Author<'_>) -> Option<Result<()>> {
        match self.kind {
            Kind::Review | Kind::BeginReview | Kind::ForgetReview => self.review(bench, author),
            Kind::OpenHunt
            | Kind::ChangeHunt
            | Kind::RenameHunt
            | Kind::Comment
            | Kind::CloseHunt
            | Kind::MoveRule
            | Kind::RulePolicy => self.change_hunt(bench, author),
            Kind::Hide | Kind::HideAccount | Kind::SuppressResolve => self.suppress(bench, author),
            Kind::Lift | Kind::LiftAndShow => self.lift(bench, author),
            Kind::Note => {
                let text = format!("note of {}", author.at);
                Some(write_note(bench.case(), self.finding(bench)?, &text, author))
            }
            _ => self.set(bench, author),
        }
    }

    fn pick<T: Copy>(self, of: &[T]) -> Option<T> {
        (!of.is_empty()).then(|| of[self.which % of.len()])
    }

    fn finding(self, bench: &Bench) -> Option<FindingId> {
        let ids: Vec<FindingId> = all_findings(bench.case()).iter().map(|finding| finding.id).collect();
        self.pick(&ids)
    }

    fn set(self, bench: &Bench, author: Author<'_>) -> Option<Result<()>> {
        let id = self.finding(bench)?;
        let tags = |text: String| text.parse::<TagChange>().unwrap();
        let verdicts = [Classification::FalsePositive, Classification::TruePositive];
        let change = match self.kind {
            Kind::Begin => Change { status: Some(Status::InProgress), ..Change::default() },
            Kind::Resolve => resolved_as(self.pick(&verdicts)?),
            Kind::LeaveUndetermined => resolved_as(Classification::Unknown),
            Kind::ResolveForATime => Change {
                verdict_until: Some(Some(author.at.plus(span("90m")))),
                ..resolved_as(Classification::InformationalExpectedActivity)
            },
            Kind::Reopen => Change { status: Some(Status::InProgress), ..Change::default() },
            Kind::Verdict => Change {
                classification: Some(Classification::FalsePositive),
                determination: self.pick(&[None, Some(Determination::NotMalicious)])?,
                ..Change::default()
            },
            Kind::Severity => Change {
                severity: self.pick(&[Some(Severity::High), Some(Severity::Low)])?,
                ..Change::default()
            },
            Kind::Assign => Change {
                assigned_to: Some((*self.pick(&["kim", "lee", ""])?).to_owned()),
                ..Change::default()
            },
            Kind::Tag => Change { tags: tags(format!("+a{},+b", self.which % 3)), ..Change::default() },
            Kind::Untag => Change { tags: tags(format!("-a{},-b,+c", self.which % 3)), ..Change::default() },
            _ => {
                Change { severity: Some(Severity::High), tags: tags("+d,-c".to_owned()), ..Change::default() }
            }
        };
        let change = Change { force: true, ..change };
        let ids: Vec<FindingId> = match self.kind {
            Kind::SeveralAtOnce => all_findings(bench.case()).iter().map(|finding| finding.id).collect(),
            _ => vec![id],
        };
        if self.kind == Kind::Reason {
            // A change that changes nothing, so that its reason becomes a note.
            let finding = bench.finding(id);
            let change = Change { severity: Some(finding.severity), force: true, ..Change::default() };
            return Some(change_findings(bench.case(), &ids, &change, author).map(drop));
        }
        Some(change_findings(bench.case(), &ids, &change, author).map(drop))
    }

    fn review(self, bench: &Bench, author: Author<'_>) -> Option<Result<()>> {
        let devices = list_devices(bench.case(), &[]).unwrap();
        let names: Vec<String> = devices.iter().map(|device| device.name.clone()).collect();
        let name = names.get(self.which % names.len().max(1))?.clone();
        let state = match self.kind {
            Kind::Review => ReviewState::Reviewed,
            Kind::BeginReview => ReviewState::InReview,
            _ => ReviewState::NotReviewed,
        };
        let hunts: Vec<HuntId> =
            if self.which.is_multiple_of(2) { Vec::new() } else { vec![self.hunt(bench)?] };
        Some(review_devices(bench.case(), &[name], state, &hunts, author).map(drop))
    }

    fn hunt(self, bench: &Bench) -> Option<HuntId> {
        let hunts: Vec<HuntId> = list_hunts(bench.case()).unwrap().iter().map(|hunt| hunt.id).collect();
        self.pick(&hunts)
    }

    fn change_hunt(self, bench: &Bench, author: Author<'_>) -> Option<Result<()>> {
        // Not in step with the hunt, so that every rule meets every hunt.
        let rule = &bench.catalogue.rules[self.which / 2 % bench.catalogue.rules.len()];
        let policy = self.pick(&[Reopen::Novel, Reopen::Always, Reopen::Never])?;
        let text = format!("hunt of {}", author.at);
        let some = HuntChange::default;
        let change = match self.kind {
            Kind::OpenHunt => {
                let rules = if self.which.is_multiple_of(3) { Vec::new() } else { vec![rule] };
                let change = HuntChange {
                    name: Some(&text),
                    hypothesis: Some("one"),
                    rules: rules.into_iter().map(ChosenRule::Sound).collect(),
                    ..some()
                };
                return Some(open_hunt(bench.case(), &change, author).map(drop));
            }
            Kind::RulePolicy => {
                let reopen = (self.which > 3).then_some(policy);
                return Some(change_rule(bench.case(), rule, reopen, author).map(drop));
            }
            Kind::ChangeHunt => HuntChange {
                hypothesis: Some("another"),
                status: Some(HuntStatus::Backlog),
                hypothesis_status: Some(HypothesisStatus::Validated),
                lookback: Some(Some(span("36h"))),
                reopen: Some(policy),
                owner: Some("lee"),
                ..some()
            },
            Kind::RenameHunt => HuntChange { name: Some(&text), ..some() },
            Kind::Comment => HuntChange { comment: Some(&text), lookback: Some(None), ..some() },
            Kind::CloseHunt => HuntChange { status: Some(HuntStatus::Closed), ..some() },
            _ => HuntChange { rules: vec![ChosenRule::Sound(rule)], ..some() },
        };
        Some(change_hunt(bench.case(), self.hunt(bench)?, &change, author).map(drop))
    }

    fn suppress(self, bench: &Bench, author: Author<'_>) -> Option<Result<()>> {
        let finding = bench.finding(self.finding(bench)?);
        let device = Some((finding.device_key, finding.device_name.clone()));
        let account = Some("contoso\\shop".to_owned());
        let word = CommandTest { operator: "has".to_owned(), text: "net".to_owned() };
        let resolves = self.kind == Kind::SuppressResolve;
        let scope = match (self.kind, self.which % 3) {
            (Kind::HideAccount, _) => Scope { account, ..Scope::default() },
            (_, 0) => Scope { command: Some(word), ..Scope::default() },
            (_, 1) => Scope { device, ..Scope::default() },
            _ => Scope { device, account, command: None },
        };
        let verdict = (Classification::InformationalExpectedActivity, Determination::Other);
        let (classification, determination) =
            if resolves { verdict } else { (Classification::Unknown, Determination::Unknown) };
        let new = NewSuppression {
            rule_key: finding.rule_key,
            scope,
            action: if resolves { Action::Resolve } else { Action::Hide },
            classification,
            determination,
            expires_at: (self.which > 6).then(|| author.at.plus(span("3h"))),
        };
        let author = Author { command: "suppress add", ..author };
        Some(add_suppression(bench.case(), &new, author).map(drop))
    }

    fn lift(self, bench: &Bench, author: Author<'_>) -> Option<Result<()>> {
        let suppressions = list_suppressions(bench.case()).unwrap();
        let active = suppressions.iter().filter(|suppression| suppression.lifted_at.is_none());
        let ids: Vec<SuppressionId> = active.map(|suppression| suppression.id).collect();
        let restore = self.kind == Kind::LiftAndShow;
        Some(lift_suppression(bench.case(), self.pick(&ids)?, restore, author).map(drop))
    }
}
