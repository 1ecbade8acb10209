-- wrk's own summary has no 95th percentile.
done = function(summary, latency, requests)
  print(string.format("p95_us: %.1f", latency:percentile(95)))
end
