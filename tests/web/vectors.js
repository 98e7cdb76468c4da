// Every vector of docs/protocol-vectors.json against app/web/static/app/protocol.js: answers the names of those that do not hold.
// Run in the browser: `holds(protocol, vectors)` is called by test_protocol.py with the module as the page loads it.
async (vectors) => {
  const p = await import(document.querySelector("script[type=module]").src.replace("main.js", "protocol.js"));
  const wrong = [];
  const sure = (holds, name) => holds || wrong.push(name);
  const throwsFor = (act) => { try { return act(), false; } catch { return true; } };
  const keys = [vectors.server_key.jwk];
  const hex = (text) => Uint8Array.from(text.match(/../g), (pair) => Number.parseInt(pair, 16));
  const same = (one, other) => String(one) === String(other);
  const near = (at, ms) => Math.abs(Date.parse(at) - ms) <= 1;

  for (const device of vectors.devices) sure((await p.thumbprint(device.jwk)) === device.id, `device ${device.id}`);
  const { signing } = vectors;
  sure(p.b64(p.fromDer(hex(signing.signature_der))) === signing.signature, "DER to r and s");
  sure(same(p.toDer(p.unb64(signing.signature)), hex(signing.signature_der)), "r and s to DER");
  sure(await p.isSignedBy(`${signing.signing_input}.${signing.signature}`, vectors.devices[0].jwk), "signing input");

  for (const { name, answer, is_good } of vectors.anchors) {
    const said = await p.opened(answer.anchor, keys, "time-anchor+jws");
    sure((said !== null) === is_good && (!is_good || said.now === answer.now), `anchor ${name}`);
  }

  let previous = null;
  for (const item of vectors.check_ins) {
    const payload = JSON.parse(item.payload);
    const { answer, name } = item;
    sure(p.wrongIn(payload) === null, `${name}: well formed`);
    sure(await p.isSignedBy(item.jws, vectors.devices[0].jwk), `${name}: signature`);
    sure((await p.hashOf(item.jws)) === item.payload_hash, `${name}: hash`);
    sure((payload.prev ?? null) === (previous && (await p.hashOf(previous.jws))), `${name}: prev`);
    sure(await p.isProof(answer, item.jws, keys), `${name}: receipt`);
    sure(!(await p.isProof({ ...answer, verdict: "rejected!" }, item.jws, keys)), `${name}: receipt of another verdict`);
    sure(p.isFiledAt(payload.id, Date.parse(item.arrives_at), vectors.bounds), `${name}: id in time`);
    const said = payload.anchor && (await p.opened(payload.anchor, keys, "time-anchor+jws"));
    const arrives = Date.parse(item.arrives_at);
    const counts = said && Date.parse(said.now) <= arrives && (said.device ?? vectors.devices[0].id) === vectors.devices[0].id && (said.boot ?? payload.boot_id) === payload.boot_id;
    const after = previous ? [Date.parse(previous.answer.earliest_at)] : [];
    const found = counts ? p.bracket(Date.parse(said.now), payload.elapsed_ms, after, arrives, vectors.bounds) : null;
    sure(near(answer.taken_at, found?.likeliest ?? arrives) && near(answer.latest_at, found?.latest ?? arrives), `${name}: time`);
    sure(!found || near(answer.earliest_at, found.earliest), `${name}: earliest`);
    previous = item;
  }

  const taken = vectors.check_ins.map((item) => item.answer.id);
  for (const { name, jws, arrives_at, problem } of vectors.refused) {
    let payload = null;
    try { payload = p.payloadIn(jws); } catch { /* not even readable: the app writes JSON itself and cannot make it */ }
    if (problem.code === "malformed_checkin" && payload && typeof payload === "object" && problem.errors.some((place) => place && place !== "/header")) {
      sure(problem.errors.includes(p.wrongIn(payload)), `${name}: ${p.wrongIn(payload)}`);
      const { seq, prev, anchor, elapsed_ms, boot_id, platform, app, ...draft } = payload;
      const counted = Object.fromEntries(Object.entries({ anchor, elapsed_ms, boot_id }).filter(([, value]) => value !== undefined));
      const own = ["/seq", "/platform", "/app", "/prev"].some((place) => problem.errors.includes(place));
      const dropped = Object.keys(payload).some((member) => problem.errors.includes(`/${member}`) && !(member in draft) && !(member in counted));
      const stray = Object.keys(draft).some((member) => !["id", "nip", "direction", "fixes", "claimed_at", "code"].includes(member));
      sure(own || dropped || stray || throwsFor(() => p.payloadOf(draft, { seq: (seq ?? 1) - 1, prev }, counted)), `${name}: was made`);
    } else if (problem.code === "id_out_of_window") {
      sure(!p.isFiledAt(payload.id, Date.parse(arrives_at), vectors.bounds), `${name}: id`);
    } else if (problem.code === "bad_signature") {
      const device = vectors.devices.find(({ id }) => id === p.keyNamedIn(jws));
      sure(!(await p.isSignedBy(jws, device.jwk)), `${name}: signature`);
    } else if (problem.code === "id_conflict") {
      sure(taken.includes(payload.id), `${name}: id`);
    }
  }

  for (const { name, reports, status, body, waits } of vectors.answers) {
    let answer = null;
    try { answer = status === 200 ? JSON.parse(body) : null; } catch { /* not JSON: everything waits */ }
    const results = p.resultsIn(answer, reports);
    const found = await Promise.all(reports.map(async (compact, at) => !results || !(await p.lasts(results[at], compact, keys))));
    sure(same(found, waits), `answer ${name}: ${found}`);
  }

  const { proof } = vectors.ledger;
  const receipt = vectors.check_ins[proof.leaf_index].answer.receipt;
  sure(await p.isInLedger(proof, receipt, keys), "ledger");
  sure(!(await p.isInLedger({ ...proof, path: proof.path.toReversed() }, receipt, keys)), "ledger: another path");
  sure(!(await p.isInLedger({ ...proof, checkpoint: proof.checkpoint.replace("\n\n", "\nx\n\n") }, receipt, keys)), "ledger: another checkpoint");
  const [foreign] = [{ ...keys[0], x: vectors.devices[0].jwk.x }];
  sure(!(await p.isInLedger(proof, receipt, [foreign])), "ledger: another key");

  // Made here, with the example's private key, it is signed as the example is.
  const { d, jwk, id } = vectors.devices[0];
  const own = await crypto.subtle.importKey("jwk", { ...jwk, d: p.b64(hex(d)) }, { name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
  sure(await p.isSignedBy(await p.signed(own, id, JSON.parse(vectors.check_ins[1].payload)), jwk), "signed here");
  sure((await p.signed(own, id, JSON.parse(vectors.check_ins[1].payload))).split(".")[0] === signing.signing_input.split(".")[0], "header");
  sure(p.isFiledAt(p.idAt(1764000000000), 1764000000000, { oldest_id_ms: 0, newest_id_ms: 0 }), "id made here");
  sure(p.withOffset(0, 480) === "1970-01-01T08:00:00.000+08:00" && p.withOffset(0, -210) === "1969-12-31T20:30:00.000-03:30", "offset");
  return wrong;
}
