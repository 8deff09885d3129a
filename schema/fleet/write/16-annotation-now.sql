UPDATE fleet.annotation a SET now_signature = c.signature
FROM triage.incoming c WHERE c.uid = a.uid AND a.now_signature IS DISTINCT FROM c.signature
