// A Bluesky PDS and its directory of identities in one process, on this machine only, in memory or a given folder.
// Environment: PDS_PORT, PLC_PORT, PDS_FOLDER. One line of JSON on stdout says that it is ready; SIGTERM stops it.
import { createRequire } from 'node:module'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Server } from 'node:net'

// Neither server lets its host be chosen, and tests have no business on the network's side of the machine.
const listen = Server.prototype.listen
Server.prototype.listen = function (port, ...rest) {
  return typeof port === 'number' ? listen.call(this, port, '127.0.0.1', ...rest) : listen.call(this, port, ...rest)
}

const { resolve } = createRequire(join(process.cwd(), 'start.js'))
const load = async (name) => import(pathToFileURL(resolve(name)).href)

const { PDS_PORT, PLC_PORT, PDS_FOLDER } = process.env
process.env.LOG_ENABLED = 'false'
const directory = await load('@did-plc/server')
const { PDS, envToCfg, envToSecrets } = await load('@atproto/pds')

const plc = directory.PlcServer.create({ db: directory.Database.mock(), port: Number(PLC_PORT) })
await plc.start()

const settings = {
  devMode: true,
  port: Number(PDS_PORT),
  hostname: 'localhost',
  dataDirectory: PDS_FOLDER,
  blobstoreDiskLocation: join(PDS_FOLDER, 'blobs'),
  didPlcUrl: `http://127.0.0.1:${PLC_PORT}`,
  plcRotationKeyK256PrivateKeyHex: randomBytes(32).toString('hex'),
  serviceHandleDomains: ['.test'],
  inviteRequired: false,
  disableSsrfProtection: true,
  rateLimitsEnabled: true,
  adminPassword: randomBytes(16).toString('hex'),
  jwtSecret: randomBytes(16).toString('hex'),
  bskyAppViewUrl: 'https://appview.invalid',
  bskyAppViewDid: 'did:example:appview',
}
const pds = await PDS.create(envToCfg(settings), envToSecrets(settings))
await pds.start()
console.log(JSON.stringify({ ready: true }))

process.on('SIGTERM', async () => {
  await Promise.allSettled([pds.destroy(), plc.destroy()])
  process.exit(0)
})
