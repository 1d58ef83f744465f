//! `huntcase suppress`

use clap::{Args, Subcommand};

use super::context::{Context, parse_future};
use super::global::Format;
use crate::error::{Result, exit};
use crate::findings::{
    Action, Author, Classification, CommandTest, Determination, NewSuppression, Scope, Suppressed,
    SuppressionId, add_suppression, check_account, find_device, find_rule, lift_suppression,
    list_known_devices, list_suppressions,
};
use crate::report::sheets::{FINDINGS, SUPPRESSIONS};
use crate::report::{counted, recovered_among};
use crate::store::Case;

/// `huntcase suppress`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  huntcase suppress add --rule detect-suspicious --device web01 \\\n    \
                        --command startswith 'cmd.exe /c ping 10.0.0.1' --expires 30d --why \"health check\"\n  \
                        huntcase suppress list\n  huntcase suppress lift S-1 --restore --why \"the agent is gone\"")]
pub struct Arguments {
    #[command(subcommand)]
    command: SuppressCommand,
}

#[derive(Debug, Subcommand)]
enum SuppressCommand {
    /// Say what of one rule's evidence is known to be harmless; it touches no other rule, and no finding that holds
    /// other evidence
    #[command(
        after_help = "Examples:\n  huntcase suppress add --rule detect-suspicious --account 'corp\\svc-monitor' \\\n    \
                            --command-line 'cmd.exe /c ping 10.0.0.1' --expires never --why \"health check\" --dry-run\n  \
                            huntcase suppress add --rule detect-suspicious --command has agent.ps1 --action resolve \\\n    \
                            --verdict benign --determination line-of-business-application --expires 90d --why \"our agent\""
    )]
    Add(AddArguments),
    /// List suppressions, with how much each covers
    #[command(after_help = "Example:\n  huntcase suppress list --json")]
    List,
    /// End a suppression; what it hid stays hidden, unless --restore is said
    #[command(after_help = "Example:\n  huntcase suppress lift S-1 --restore --why \"the agent is gone\"")]
    Lift(LiftArguments),
}

#[derive(Debug, Args)]
struct AddArguments {
    /// The rule, or how its name begins
    #[arg(long, value_name = "NAME")]
    rule: String,
    /// Only events of this device: its DeviceId, name, or name up to a dot
    #[arg(long, value_name = "DEVICE")]
    device: Option<String>,
    /// Only events of this account: domain\name, or the name alone; case does not count
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// Only events with exactly this command line
    #[arg(long, value_name = "TEXT", conflicts_with = "command", allow_hyphen_values = true)]
    command_line: Option<String>,
    /// Only events whose command line passes a KQL operator, such as: has agent.ps1
    #[arg(long, num_args = 2, value_names = ["OPERATOR", "TEXT"], allow_hyphen_values = true)]
    command: Vec<String>,
    /// What to do with them: hide (keep them out of findings) or resolve (raise the finding, resolved)
    #[arg(long, default_value = "hide")]
    action: Action,
    /// The verdict to resolve with: benign, fp or tp
    #[arg(long)]
    verdict: Option<Classification>,
    /// The verdict's reason, such as line-of-business-application
    #[arg(long)]
    determination: Option<Determination>,
    /// When it ends: 30d, a date, or never
    #[arg(long, value_name = "WHEN")]
    expires: String,
    /// The reason
    #[arg(long, value_name = "TEXT")]
    why: String,
    /// Show what it would touch, and change nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
}

#[derive(Debug, Args)]
struct LiftArguments {
    /// The suppression, such as S-1
    id: SuppressionId,
    /// Show what it hid again
    #[arg(long)]
    restore: bool,
    /// The reason, kept in the history
    #[arg(long, value_name = "TEXT", default_value = "")]
    why: String,
    /// Show what would change, and change nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
}

/// Runs `huntcase suppress`.
pub fn run(arguments: &Arguments, context: &Context) -> Result<u8> {
    match &arguments.command {
        SuppressCommand::Add(add) => {
            let expires_at = parse_future("--expires", &add.expires, context.now)?;
            let case = context.open_case()?;
            let new = new_suppression(&case, add, expires_at)?;
            let author = Author { dry_run: add.dry_run, ..context.author("suppress add", &add.why) };
            let suppressed = add_suppression(&case, &new, author)?;
            let hides = new.action == Action::Hide;
            let done = if hides { "hidden" } else { "resolved" };
            let code = write(&suppressed, add.dry_run, done, context)?;
            // What is hidden is not judged.
            if let Some(notice) = recovered_among(&suppressed.findings).filter(|_| !hides) {
                context.say(&notice);
            }
            Ok(code)
        }
        SuppressCommand::List => list(context),
        SuppressCommand::Lift(lift) => {
            let case = context.open_case()?;
            let author = Author { dry_run: lift.dry_run, ..context.author("suppress lift", &lift.why) };
            let suppressed = lift_suppression(&case, lift.id, lift.restore, author)?;
            write(&suppressed, lift.dry_run, "shown again", context)
        }
    }
}

fn new_suppression(
    case: &Case,
    add: &AddArguments,
    expires_at: Option<crate::event::Timestamp>,
) -> Result<NewSuppression> {
    let device = match &add.device {
        Some(name) => {
            let devices = list_known_devices(case)?;
            let device = find_device(&devices, name)?;
            Some((device.key, device.shown().to_owned()))
        }
        None => None,
    };
    if let Some(account) = &add.account {
        check_account(case, account)?;
    }
    let command = match (&add.command_line, add.command.as_slice()) {
        (Some(text), _) => Some(CommandTest { operator: "==".to_owned(), text: text.clone() }),
        (None, [operator, text]) => Some(CommandTest { operator: operator.clone(), text: text.clone() }),
        _ => None,
    };
    let classification = add.verdict.unwrap_or(Classification::Unknown);
    let usual = match classification {
        Classification::Unknown => Determination::Unknown,
        _ => Determination::Other,
    };
    Ok(NewSuppression {
        rule_key: find_rule(case, &add.rule)?.key,
        scope: Scope { device, account: add.account.clone(), command },
        action: add.action,
        classification,
        determination: add.determination.unwrap_or(usual),
        expires_at,
    })
}

fn write(suppressed: &Suppressed, dry_run: bool, done: &str, context: &Context) -> Result<u8> {
    let mut output = context.output()?;
    match context.format() {
        Format::Table => {
            FINDINGS.write(&mut output, context.layout(), Vec::new(), &suppressed.findings)?;
        }
        _ => {
            let findings = suppressed.findings.iter().map(|finding| FINDINGS.object(finding)).collect();
            let spared = suppressed.spared.iter().map(ToString::to_string).collect();
            let members = vec![("findings", findings), ("spared", spared)];
            let row = (suppressed.suppression.clone(), context.now);
            SUPPRESSIONS.write(&mut output, context.layout(), members, [&row])?;
        }
    }
    output.finish()?;
    let findings = counted(suppressed.findings.len() as i64, "finding", "findings");
    let spared: Vec<String> = suppressed.spared.iter().map(ToString::to_string).collect();
    context.say(&match dry_run {
        true => format!("dry run: {findings} would be {done}, nothing was changed"),
        false => format!("{}: {findings} {done}", suppressed.suppression.id),
    });
    if !spared.is_empty() {
        context.say(&format!("left as they are, since they hold other evidence too: {}", spared.join(", ")));
    }
    Ok(exit::DONE)
}

fn list(context: &Context) -> Result<u8> {
    let case = context.open_case()?;
    let rows: Vec<_> = list_suppressions(&case)?.into_iter().map(|s| (s, context.now)).collect();
    let mut output = context.output()?;
    let count = SUPPRESSIONS.write(&mut output, context.layout(), Vec::new(), &rows)?;
    output.finish()?;
    if count == 0 && context.format() == Format::Table {
        context.say("no suppressions");
    }
    Ok(exit::DONE)
}
