import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileNetworks } from '../policy/networks.ts'
import { mayReach } from './public-address.ts'

const nothing = compileNetworks([])

test('an address inside the house is refused in every form it has', () => {
  const inside = `0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.31.0.1 192.168.1.1 192.0.0.8
    198.18.0.1 224.0.0.1 239.1.1.1 255.255.255.255 :: ::1 fe80::1 fe80::1%lo fc00::1 fd00:ec2::254 fec0::1 ff02::1
    ::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:0:127.0.0.1 ::ffff:169.254.169.254 ::127.0.0.1 64:ff9b::127.0.0.1
    64:ff9b::a9fe:a9fe 64:ff9b:1::a00:1 2002:7f00:1:: 2002:a00:1::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:db8::1
    3fff::1 100::1 5f00::1 FE80::1 0:0:0:0:0:ffff:10.0.0.1`.split(/\s+/)
  for (const address of inside) assert.equal(mayReach(address, nothing), false, address)
})

test('public addresses are reached, and what is no address never', () => {
  for (const address of ['1.1.1.1', '93.184.216.34', '100.128.0.1', '172.32.0.1', '2606:4700::1111', '::ffff:1.1.1.1'])
    assert.equal(mayReach(address, nothing), true, address)
  for (const address of ['64:ff9b::1.1.1.1', '2002:101:101::']) assert.equal(mayReach(address, nothing), true, address)
  for (const text of ['', 'localhost', '127.1', '10.0.0.1/8', '1.1.1.1 '])
    assert.equal(mayReach(text, nothing), false, text)
})

test('the operator allows a range, and no more than it', () => {
  const allowed = compileNetworks(['10.0.0.0/8', 'fd00::/8'])
  for (const address of ['10.9.9.9', '::ffff:10.9.9.9', '64:ff9b::10.9.9.9', 'fd12::1'])
    assert.equal(mayReach(address, allowed), true, address)
  for (const address of ['11.0.0.1', '1.1.1.1']) assert.equal(mayReach(address, allowed), true, address)
  for (const address of ['127.0.0.1', '192.168.0.1', 'fe80::1', '::ffff:127.0.0.1', '::1'])
    assert.equal(mayReach(address, allowed), false, address)
})
