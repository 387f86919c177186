"""A plan that removes deskprov's own way in is refused; what may cut it off is known as such."""

import pytest

from deskprov.model.plan import Action, Change, Reboot
from deskprov.model.resource import Resource, ResourceOptions
from deskprov.model.source import Source
from deskprov.stages.way_in import (
    ACCOUNT,
    BOOT,
    FIREWALL,
    LOG_IN,
    NETWORK,
    PLACES,
    SSH,
    SUDO,
    removals_of_way_in,
    touched,
    tried_by_reboot,
)

ABSENT = ResourceOptions(state="absent")
LINE = Source("profiles/a.yml", 7)


def change(kind: str, name: str) -> Change:
    return Change(Resource(kind, name, ResourceOptions(), LINE), Action.UPDATE)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("users", "deskprov"),
        ("groups", "sudo"),
        ("software", "openssh-server"),
        ("software", "python3"),
        ("files", "/etc/sudoers.d/deskprov"),
        ("folders", "/etc/ssh"),
        ("files", "/etc/passwd"),
        ("files", "/home/deskprov/.ssh/authorized_keys"),
    ],
)
def test_removing_it_is_a_problem_with_its_place(kind: str, name: str) -> None:
    [problem] = removals_of_way_in([Resource(kind, name, ABSENT, LINE)], "deskprov")
    assert (problem.rule, problem.source) == ("removes-way-in", LINE)
    assert removals_of_way_in([Resource(kind, name, ResourceOptions(), LINE)], "deskprov") == []


@pytest.mark.parametrize(("kind", "name"), [("users", "pupil"), ("files", "/etc/sshrc"), ("software", "tree")])
def test_removing_other_things_is_none(kind: str, name: str) -> None:
    assert removals_of_way_in([Resource(kind, name, ABSENT, LINE)], "deskprov") == []


@pytest.mark.parametrize(
    ("kind", "name", "words"),
    [
        ("files", "/etc/ssh/sshd_config.d/school.conf", SSH),
        ("folders", "/etc", SSH),
        ("files", "/etc/hosts.deny", SSH),
        ("links", "/etc/systemd/system/ssh.service", SSH),
        ("files", "/etc/systemd/system/ssh@.service.d/school.conf", SSH),
        ("files", "/etc/systemd/system/service.d/school.conf", SSH),
        ("links", "/usr/lib/systemd/system/ssh.socket", SSH),
        ("files", "/lib/systemd/system/ssh.service", SSH),
        ("files", "/etc/sudoers.d/school", SUDO),
        ("files", "/etc/sudo.conf", SUDO),
        ("files", "/etc/bash.bashrc", LOG_IN),
        ("files", "/etc/zsh/zshenv", LOG_IN),
        ("links", "/etc/profile", LOG_IN),
        ("files", "/etc/profile.d/school.sh", LOG_IN),
        ("files", "/etc/environment", LOG_IN),
        ("files", "/etc/login.defs", LOG_IN),
        ("files", "/etc/ld.so.preload", LOG_IN),
        ("folders", "/etc/ld.so.conf.d", LOG_IN),
        ("files", "/etc/ld.so.conf", LOG_IN),
        ("files", "/etc/fstab", BOOT),
        ("links", "/etc/systemd/system/default.target", BOOT),
        ("files", "/etc/pam.d/common-auth", ACCOUNT),
        ("files", "/etc/security/access.conf", ACCOUNT),
        ("files", "/etc/nsswitch.conf", ACCOUNT),
        ("files", "/etc/shells", ACCOUNT),
        ("files", "/etc/passwd", ACCOUNT),
        ("files", "/etc/shadow", ACCOUNT),
        ("links", "/etc/group", ACCOUNT),
        ("files", "/etc/gshadow", ACCOUNT),
        ("users", "deskprov", ACCOUNT),
        ("groups", "sudo", ACCOUNT),
        ("files", "/home/deskprov/.ssh/authorized_keys", ACCOUNT),
        ("folders", "/home/deskprov", ACCOUNT),
        ("files", "/etc/nftables.conf", FIREWALL),
        ("files", "/etc/ufw/user.rules", FIREWALL),
        ("software", "openssh-server", SSH),
        ("files", "/etc/network/interfaces", NETWORK),
        ("files", "/etc/netplan/01-school.yaml", NETWORK),
        ("users", "pupil", ""),
        ("files", "/etc/cron.d/school", ""),
        ("files", "/etc/skel/.bashrc", ""),
        ("files", "/etc/systemd/system/school.service", ""),
        ("files", "/etc/passwd-school", ""),
        ("files", "/etc/sshrc", ""),
        ("files", "/home/deskprov2/x", ""),
        ("software", "tree", ""),
    ],
)
def test_what_a_change_touches_of_our_way_in(kind: str, name: str, words: str) -> None:
    assert touched(change(kind, name), "deskprov") == words


@pytest.mark.parametrize(
    ("kind", "name", "reboot"),
    [
        ("files", "/etc/network/interfaces", Reboot.YES),
        ("files", "/etc/ufw/user.rules", Reboot.YES),
        ("files", "/etc/nftables.conf", Reboot.NO),
        ("files", "/etc/ssh/sshd_config", Reboot.NO),
        ("software", "ufw", Reboot.NO),
        ("users", "deskprov", Reboot.NO),
    ],
)
def test_what_has_no_effect_without_a_reboot_is_tried_by_one(kind: str, name: str, reboot: Reboot) -> None:
    assert tried_by_reboot(change(kind, name), "deskprov") is reboot


def test_the_accounts_of_others_are_not_put_back_with_our_own() -> None:
    assert not {"/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow"} & set(PLACES)


def test_who_comes_in_as_root_has_its_home_elsewhere() -> None:
    assert touched(change("files", "/root/.ssh/authorized_keys"), "root") == ACCOUNT
    assert touched(change("files", "/home/deskprov/.ssh/authorized_keys"), "root") == ""
