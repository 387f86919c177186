# What the PC is, in a small file with two signatures: of its own key, and of the key of the batch.

$Prefix = 'deskprov-enrol-'
$MostAddresses = 16

function Write-Enrolment($final, $opened) {
    $serial = Get-Serial
    $text = ConvertTo-Json -InputObject (Get-Enrolment $final $serial $opened) -Compress -Depth 4
    $paper = [ordered]@{
        deskprov_enrolment = 1
        enrolment = $text
        by_machine = $(if ($opened.key_file) { New-FileSignature $text $order.namespace $opened.key_file }
            else { New-Signature $text $order.namespace $opened.signer })
        by_batch = New-Signature $text $order.namespace (Get-BatchSigner)
    }
    $content = ConvertTo-Json -InputObject $paper -Depth 4
    $id = if ($serial) { $serial } else { $final }
    $file = Join-Path -Path (Get-Folder) -ChildPath ($Prefix + ($id -replace '[^A-Za-z0-9._-]', '_') + '.json')
    try {
        [System.IO.File]::WriteAllText($file, $content)
        Add-ToFiles $file
        Write-Host ($say.file_written -f $file)
    }
    catch {
        Write-Host ($say.file_failed -f (Get-Folder))
        Show-Copy $content
    }
    if (-not $PSScriptRoot) { Show-Copy $content }
    Write-Host ''
    Write-Host ($say.serial -f $(if ($serial) { $serial } else { $say.serial_none }))
    Write-Host $say.fingerprint
    Write-Host ''
    Write-Host "  ========================================================================="
    Write-Host "    $($opened.fingerprint)"
    Write-Host "  ========================================================================="
    Write-Host ''
    Write-Host $say.next
}

function Get-Enrolment($final, $serial, $opened) {
    $said = [ordered]@{
        platform = 'windows'
        transport = $order.transport
        site = $order.site
        batch = $order.batch
        user = $order.user
        name = $final
        port = $opened.port
        addresses = [string[]]@(Get-Address)
        serial = $serial
        uuid = "$((Get-CimInstance -ClassName Win32_ComputerSystemProduct).UUID)".ToLowerInvariant()
        machine_id = "$((Get-ItemProperty -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Cryptography').MachineGuid)"
        macs = [string[]]@(Get-Mac)
        os = Get-OneLine (Get-CimInstance -ClassName Win32_OperatingSystem).Caption
        made = (Get-Date).ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ssZ', [System.Globalization.CultureInfo]::InvariantCulture)
    }
    foreach ($part in 'host_key', 'shell', 'certificate', 'one_time') {
        if ($opened.ContainsKey($part)) { $said[$part] = $opened[$part] }
    }
    $said
}

function Get-Serial {
    Get-OneLine (Get-CimInstance -ClassName Win32_BIOS).SerialNumber
}

function Get-OneLine($text) {
    ("$text" -replace '[^ -~]', ' ').Trim()
}

# Those of networks with a way out first; no address that is good on one cable only.
function Get-Address {
    $cards = @(Get-CimInstance -ClassName Win32_NetworkAdapterConfiguration -Filter 'IPEnabled=TRUE')
    $ordered = @($cards | Where-Object { $_.DefaultIPGateway }) + @($cards | Where-Object { -not $_.DefaultIPGateway })
    $found = @($ordered | ForEach-Object { $_.IPAddress } | Where-Object { $_ -and $_ -notmatch '^(fe80:|169\.254\.|127\.|::1$)' })
    if (-not $found.Count) { throw $say.no_address }
    $found | Select-Object -Unique | Select-Object -First $MostAddresses
}

function Get-Mac {
    $cards = Get-CimInstance -ClassName Win32_NetworkAdapter -Filter 'PhysicalAdapter=TRUE'
    $cards | Where-Object { $_.MACAddress } | ForEach-Object { $_.MACAddress.ToLowerInvariant() } | Select-Object -First $MostAddresses
}

function Add-ToFiles($file) {
    $files = @("$(Get-Before 'Files')" -split '\|' | Where-Object { $_ -and $_ -ne $file }) + $file
    Set-Memory 'Files' ($files -join '|')
}

function Show-Copy($content) {
    Write-Host $say.file_copy
    Write-Host '-----BEGIN DESKPROV ENROLMENT-----'
    $encoded = [Convert]::ToBase64String([System.Text.Encoding]::UTF8.GetBytes($content))
    for ($at = 0; $at -lt $encoded.Length; $at += 76) {
        Write-Host $encoded.Substring($at, [Math]::Min(76, $encoded.Length - $at))
    }
    Write-Host '-----END DESKPROV ENROLMENT-----'
}
