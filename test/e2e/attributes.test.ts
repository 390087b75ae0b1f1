import { holds, inside, running, shows, state } from '../support/checks.ts'
import { scenario } from '../support/scenario.ts'
import { sleeper } from '../support/snippets.ts'

/** What the file says of a container reaches the engine: read back from inspect. */

const reaching = (what: string, text: string, expected: Readonly<Record<string, unknown>>) => {
  scenario(
    `${what} reach the engine`,
    {
      files: {
        'compose.yaml': `services: { web: { image: stack-base/busybox, command: sleep 600, stop_signal: SIGKILL, ${text} } }`,
      },
    },
    async (s) => {
      const checks = Object.entries(expected).map(([path, value]) => shows('web', path, value))
      await s.step('up', 'up -d', running('web'), ...checks)
    },
  )
}

const mebibyte = 1024 * 1024

reaching('memory limits', 'mem_limit: 64m, mem_reservation: 32m, memswap_limit: 128m', {
  'HostConfig.Memory': 64 * mebibyte,
  'HostConfig.MemoryReservation': 32 * mebibyte,
  'HostConfig.MemorySwap': 128 * mebibyte,
})
reaching('processor limits', 'cpus: 0.5, cpu_shares: 512, cpuset: "0"', {
  'HostConfig.NanoCpus': 500_000_000,
  'HostConfig.CpuShares': 512,
  'HostConfig.CpusetCpus': '0',
})
reaching(
  'limits of deploy',
  'deploy: { resources: { limits: { memory: 48m, cpus: "0.25", pids: 40 }, reservations: { memory: 16m } } }',
  {
    'HostConfig.Memory': 48 * mebibyte,
    'HostConfig.NanoCpus': 250_000_000,
    'HostConfig.PidsLimit': 40,
    'HostConfig.MemoryReservation': 16 * mebibyte,
  },
)
reaching(
  'limits of processes, shared memory and the out-of-memory score',
  'pids_limit: 50, shm_size: 32m, oom_score_adj: 200',
  {
    'HostConfig.PidsLimit': 50,
    'HostConfig.ShmSize': 32 * mebibyte,
    'HostConfig.OomScoreAdj': 200,
  },
)
reaching('capabilities', 'cap_add: [NET_ADMIN], cap_drop: [MKNOD, CHOWN]', {
  'HostConfig.CapAdd': /NET_ADMIN/,
  'HostConfig.CapDrop': /MKNOD.*CHOWN|CHOWN.*MKNOD/,
})
reaching('ulimits', 'ulimits: { nofile: { soft: 1000, hard: 2000 }, nproc: 500 }', {
  'HostConfig.Ulimits': /"Hard":2000,"Name":"nofile","Soft":1000|"Name":"nofile","Hard":2000,"Soft":1000/,
})
reaching('sysctls', 'sysctls: { net.core.somaxconn: 1024, net.ipv4.tcp_syncookies: 0 }', {
  'HostConfig.Sysctls': { 'net.core.somaxconn': '1024', 'net.ipv4.tcp_syncookies': '0' },
})
reaching('user, groups and working directory', 'user: "1000:1000", group_add: ["2000"], working_dir: /tmp', {
  'Config.User': '1000:1000',
  'HostConfig.GroupAdd': ['2000'],
  'Config.WorkingDir': '/tmp',
})
reaching('the restart policy', 'restart: "on-failure:4"', {
  'HostConfig.RestartPolicy': { Name: 'on-failure', MaximumRetryCount: 4 },
})
reaching('the restart policy of deploy', 'deploy: { restart_policy: { condition: on-failure, max_attempts: 2 } }', {
  'HostConfig.RestartPolicy': { Name: 'on-failure', MaximumRetryCount: 2 },
})
reaching('stop signal and grace period', 'stop_grace_period: 3s', {
  'Config.StopSignal': 'SIGKILL',
  'Config.StopTimeout': 3,
})
reaching('logging', 'logging: { driver: json-file, options: { max-size: 1m, max-file: "3" } }', {
  'HostConfig.LogConfig': { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '3' } },
})
reaching('security options', 'security_opt: ["no-new-privileges:true"], privileged: false', {
  'HostConfig.SecurityOpt': /no-new-privileges/,
})
reaching('init, terminal and open stdin', 'init: true, tty: true, stdin_open: true', {
  'HostConfig.Init': true,
  'Config.Tty': true,
  'Config.OpenStdin': true,
})
reaching('devices', 'devices: ["/dev/null:/dev/nothing:r"], device_cgroup_rules: ["c 1:3 mr"]', {
  'HostConfig.Devices': [{ PathOnHost: '/dev/null', PathInContainer: '/dev/nothing', CgroupPermissions: 'r' }],
  'HostConfig.DeviceCgroupRules': ['c 1:3 mr'],
})
reaching(
  'healthcheck settings',
  'healthcheck: { test: "exit 0", interval: 1m30s, timeout: 5s, retries: 7, start_period: 2s }',
  {
    'Config.Healthcheck': { Test: ['CMD-SHELL', 'exit 0'], Interval: 90e9, Timeout: 5e9, Retries: 7, StartPeriod: 2e9 },
  },
)
reaching('namespaces of the host', 'uts: host, ipc: host, pid: host', {
  'HostConfig.UTSMode': 'host',
  'HostConfig.IpcMode': 'host',
  'HostConfig.PidMode': 'host',
})
scenario(
  'block I/O limits reach the engine',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, blkio_config: { device_read_bps: [{ path: /dev/null, rate: 1mb }], device_write_iops: [{ path: /dev/null, rate: 30 }] } } }`,
    },
  },
  async (s) => {
    await s.step(
      'create, because not every kernel can start it',
      'create',
      state('web', 'created'),
      shows('web', 'HostConfig.BlkioDeviceReadBps', [{ Path: '/dev/null', Rate: mebibyte }]),
      shows('web', 'HostConfig.BlkioDeviceWriteIOps', [{ Path: '/dev/null', Rate: 30 }]),
    )
  },
)

scenario(
  'labels, a label file and our own labels are on the container',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, labels: { tier: front }, label_file: [web.labels] } }`,
      'web.labels': 'team=blue\ntier=back\n',
    },
  },
  async (s) => {
    await s.step(
      'up',
      'up -d',
      holds('they are all there', async (world) => {
        const [web] = await world.containers('web')
        const labels = web!.Config.Labels
        return (
          labels['tier'] === 'front' &&
          labels['team'] === 'blue' &&
          labels['com.docker.compose.service'] === 'web' &&
          labels['com.docker.compose.container-number'] === '1' &&
          labels['com.docker.compose.oneoff'] === 'False' &&
          labels['com.docker.compose.project.working_dir'] === world.folder
        )
      }),
    )
  },
)

scenario(
  'command as a list, as text and as nothing',
  {
    files: {
      'compose.yaml': `services:
  list: { image: stack-base/busybox, init: true, command: ["sleep", "600"] }
  text: { image: stack-base/busybox, init: true, command: sh -c 'sleep 600' "two words" }
  entry: { image: stack-base/busybox, init: true, entrypoint: sleep, command: "600" }
`,
    },
  },
  async (s) => {
    await s.step(
      'up',
      'up -d',
      shows('list', 'Config.Cmd', ['sleep', '600']),
      shows('text', 'Config.Cmd', ['sh', '-c', 'sleep 600', 'two words']),
      shows('entry', 'Config.Entrypoint', ['sleep']),
      running('entry'),
    )
  },
)

scenario(
  'values that look like numbers and booleans arrive as they are written',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, environment: { N: 1.50, T: true, E: "", S: "a b", Q: 'it''s' } } }`,
    },
  },
  async (s) => {
    await s.step(
      'up',
      'up -d',
      inside('web', 'echo "$T|$E|$S|$Q"', /true\|\|a b\|it's/),
      inside('web', 'echo $N', /1\.5/),
    )
  },
)

scenario(
  'a bare name in the environment takes the value of the shell, or is not there',
  {
    files: { 'compose.yaml': `services: { web: { ${sleeper}, environment: [GIVEN, MISSING] } }` },
  },
  async (s) => {
    await s.step(
      'up',
      { run: 'up -d', env: { GIVEN: 'yes' } },
      inside('web', 'echo "[$GIVEN][${MISSING-unset}]"', /\[yes\]\[unset\]/),
    )
  },
)

scenario(
  'a raw env_file is taken as it is written',
  {
    files: {
      'compose.yaml': `services: { web: { ${sleeper}, env_file: [{ path: raw.env, format: raw }] } }`,
      'raw.env': 'A="quoted" $HOME\n',
    },
  },
  async (s) => {
    await s.step(
      'up',
      'up -d',
      holds('nothing is changed', async (world) =>
        (await world.containers('web'))[0]!.Config.Env.includes('A="quoted" $HOME'),
      ),
    )
  },
)
