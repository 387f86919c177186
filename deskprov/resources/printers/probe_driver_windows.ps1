# Runs on the machine: whether it has a printer driver of the name, and whether it takes any but Windows' own.

#include deskprov.resources.printers/protected_windows.ps1

function look($name) {
    @{
        there = [bool]@(Get-PrinterDriver -ErrorAction Stop | Where-Object { $_.Name -eq $name }).Count
        protected = (Test-Protected)
    }
}
