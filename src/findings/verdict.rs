//! The words of a finding's life, and which of them belong together.
//!
//! Source: Microsoft Graph's alert resource,
//! <https://learn.microsoft.com/en-us/graph/api/resources/security-alert>, and for the pairs the Defender for
//! Endpoint API, <https://learn.microsoft.com/en-us/defender-endpoint/api/update-alert>.

use super::words::words;

words! {
    /// Where the work on a finding stands.
    Status {
        New = "new", "New";
        InProgress = "inProgress", "In progress", also "active";
        Resolved = "resolved", "Resolved", also "closed";
    }
}

words! {
    /// What an analyst concluded.
    Classification {
        Unknown = "unknown", "Not set";
        TruePositive = "truePositive", "True positive", also "tp";
        InformationalExpectedActivity = "informationalExpectedActivity", "Informational, expected activity",
            also "benign" | "bp" | "informational" | "benignpositive";
        FalsePositive = "falsePositive", "False positive", also "fp";
    }
}

words! {
    /// Why an analyst concluded it.
    Determination {
        Unknown = "unknown", "Not set";
        MultiStagedAttack = "multiStagedAttack", "Multistage attack";
        MaliciousUserActivity = "maliciousUserActivity", "Malicious user activity";
        CompromisedAccount = "compromisedAccount", "Compromised account", also "compromiseduser";
        Malware = "malware", "Malware";
        Phishing = "phishing", "Phishing";
        UnwantedSoftware = "unwantedSoftware", "Unwanted software";
        SecurityTesting = "securityTesting", "Security test";
        LineOfBusinessApplication = "lineOfBusinessApplication", "Line-of-business application";
        ConfirmedActivity = "confirmedActivity", "Confirmed activity", also "confirmeduseractivity";
        NotMalicious = "notMalicious", "Not malicious", also "clean";
        NotEnoughDataToValidate = "notEnoughDataToValidate", "Not enough data to validate", also "insufficientdata";
        Other = "other", "Other";
    }
}

impl Classification {
    /// The determinations that go with it.
    pub const fn determinations(self) -> &'static [Determination] {
        use Determination as D;
        match self {
            Self::Unknown => &[D::Unknown],
            Self::TruePositive => &[
                D::MultiStagedAttack,
                D::MaliciousUserActivity,
                D::CompromisedAccount,
                D::Malware,
                D::Phishing,
                D::UnwantedSoftware,
                D::Other,
            ],
            Self::InformationalExpectedActivity => {
                &[D::SecurityTesting, D::LineOfBusinessApplication, D::ConfirmedActivity, D::Other]
            }
            Self::FalsePositive => &[D::NotMalicious, D::NotEnoughDataToValidate, D::Other],
        }
    }
}

/// The classification and the reason under which Microsoft Sentinel would close an incident with this verdict. The
/// mapping is ours: Sentinel has fewer words, and no honest reason for a false positive that lacks data.
///
/// Source of the words: `IncidentClassification` and `IncidentClassificationReason` of the Azure SDK.
pub const fn sentinel_words(
    classification: Classification,
    determination: Determination,
) -> (&'static str, Option<&'static str>) {
    match (classification, determination) {
        (Classification::TruePositive, _) => ("TruePositive", Some("SuspiciousActivity")),
        (Classification::InformationalExpectedActivity, _) => {
            ("BenignPositive", Some("SuspiciousButExpected"))
        }
        (Classification::FalsePositive, Determination::NotMalicious) => {
            ("FalsePositive", Some("IncorrectAlertLogic"))
        }
        (Classification::FalsePositive, Determination::NotEnoughDataToValidate)
        | (Classification::Unknown, _) => ("Undetermined", None),
        (Classification::FalsePositive, _) => ("FalsePositive", None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_in_every_form() {
        for text in ["inProgress", "In progress", "in-progress", "active"] {
            assert_eq!(text.parse(), Ok(Status::InProgress), "{text}");
        }
        assert_eq!("bp".parse(), Ok(Classification::InformationalExpectedActivity));
        assert_eq!("Security test".parse(), Ok(Determination::SecurityTesting));
        assert_eq!(
            "done".parse::<Status>(),
            Err("found \"done\", expected one of new, in-progress, resolved".to_owned())
        );
    }

    #[test]
    fn an_error_teaches_words_that_are_read_and_that_the_help_uses() {
        let error = "maybe".parse::<Classification>().unwrap_err();
        assert_eq!(error, "found \"maybe\", expected one of tp, benign, fp, unknown");
        for word in Determination::ALL {
            assert_eq!(word.typed().parse(), Ok(*word));
        }
        assert_eq!(Determination::MultiStagedAttack.typed(), "multi-staged-attack");
    }

    #[test]
    fn sentinel_hears_of_a_verdict_in_its_own_words() {
        use Classification as C;
        for (classification, determination, words) in [
            (C::TruePositive, Determination::Malware, ("TruePositive", Some("SuspiciousActivity"))),
            (
                C::InformationalExpectedActivity,
                Determination::Other,
                ("BenignPositive", Some("SuspiciousButExpected")),
            ),
            (C::FalsePositive, Determination::NotMalicious, ("FalsePositive", Some("IncorrectAlertLogic"))),
            (C::FalsePositive, Determination::NotEnoughDataToValidate, ("Undetermined", None)),
            (C::FalsePositive, Determination::Other, ("FalsePositive", None)),
            (C::Unknown, Determination::Unknown, ("Undetermined", None)),
        ] {
            assert_eq!(
                sentinel_words(classification, determination),
                words,
                "{classification} {determination}"
            );
        }
    }

    #[test]
    fn every_determination_belongs_to_a_classification() {
        for determination in Determination::ALL {
            let belongs =
                |classification: &&Classification| classification.determinations().contains(determination);
            assert!(Classification::ALL.iter().any(|c| belongs(&c)), "{determination}");
        }
    }
}
