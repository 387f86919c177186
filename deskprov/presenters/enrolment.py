"""What to do with a bootstrap script, and a site's new log-in key."""

from rich.text import Text

from deskprov.model.enrolment import Batch
from deskprov.model.ssh_key import LOGIN_KEY_FILE, KeyPair
from deskprov.presenters.safe_text import safe


def after_bootstrap(batch: Batch, file: str) -> Text:
    """Until when the script's files are taken, and what comes next."""
    how = (
        f"copy {safe(file)} to a stick; at the machine: sudo sh {safe(file)}" if file else "paste it as root (sudo -i)"
    )
    text = Text(f"✓ {batch.name}: its files are taken until {batch.ends:%Y-%m-%d}.", "green")
    text.append(f"\nNext: {how}; then here: deskprov enroll FILE or FOLDER", "not green")
    return text


def after_login_key(pair: KeyPair) -> Text:
    """Where the halves of the key are, and what comes next."""
    text = Text("✓ The site has a log-in key: login_key in deskprov.yml.", "green")
    text.append(f"\n  {safe(pair.public)}", "not green")
    text.append(
        f"\n  Its private half is in {LOGIN_KEY_FILE}, and only there: keep a copy in a safe place.", "not green"
    )
    return text.append("\nNext: deskprov bootstrap linux", "not green")
