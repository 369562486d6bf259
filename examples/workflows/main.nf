// Estimates of real micrographs and simulated ones, in shares on whatever Nextflow runs on, each joined when its shares are done:
//   nextflow run main.nf --micrographs /data/raw --map /data/map.mrc --pixel_size 1.5 --out /data/synthetic
// All paths are absolute, since every task works in a folder of its own; the results are written in place.
nextflow.enable.dsl = 2

params.shares = 16
params.count = 1000
params.voltage = 300
params.cs = 2.7

process estimate {
    errorStrategy 'retry'
    maxRetries 2

    input:
    val share

    output:
    val true

    script:
    """
    cryogem estimate --micrographs '${params.micrographs}' --pixel-size ${params.pixel_size} --voltage ${params.voltage} \
        --cs ${params.cs} --workers ${task.cpus} --out '${params.out}/estimates' --shard ${share}/${params.shares}
    """
}

process simulate {
    errorStrategy 'retry'
    maxRetries 2

    input:
    val estimates
    each share

    output:
    val true

    script:
    """
    cryogem simulate --map '${params.map}' --estimates '${estimates}' --count ${params.count} \
        --workers ${task.cpus} --out '${params.out}/simulated' --shard ${share}/${params.shares}
    """
}

process join_estimates {
    input:
    val done

    output:
    val "${params.out}/estimates"

    script:
    """
    cryogem join '${params.out}/estimates'
    """
}

process join_simulated {
    input:
    val done

    script:
    """
    cryogem join '${params.out}/simulated'
    """
}

workflow {
    shares = Channel.of(1..params.shares)
    estimate(shares)
    join_estimates(estimate.out.collect())
    simulate(join_estimates.out, shares)
    join_simulated(simulate.out.collect())
}
