"""Ansible, run as a program: one ansible-playbook per machine and per run, and nothing of it left afterwards.

`runner` is the door. It makes a `run_directory`, writes `inventory` and `settings` into it, opens the `broker`, and
starts `player`, a process that drives ansible-runner. `supervision` listens to it, keeps the limits and judges;
`processes` ends whatever is still there. `broker_client` holds the two small programs that our children start.
"""
