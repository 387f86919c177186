# Runs on the machine: its printers, each with the driver and where it is reached.

function look($argument) { return , @(Get-Seen) }

function Get-Seen {
    $ports = @{}
    foreach ($port in Get-PrinterPort -ErrorAction Stop) { $ports["$($port.Name)"] = $port }
    foreach ($printer in Get-Printer -ErrorAction Stop) {
        $port = $ports["$($printer.PortName)"]
        $address = "$($printer.PortName)"
        $number = 0
        if ($port -and $port.PrinterHostAddress) {
            $address = "$($port.PrinterHostAddress)"
            $number = [int]$port.PortNumber
        }
        , @("$($printer.Name)", "$($printer.DriverName)", $address, $number)
    }
}
