/// The boards of QEMU's Arm emulators that take one CPU only: that of their system on a chip.
///
/// Each machine of `query-machines` was started with `-cpu max`: QEMU 7.2 and 10.0 refuse it ("Invalid CPU model", "This
/// board can only be used with …"), or have no `default-cpu-type` for the board and ignore `-cpu`. The machines `virt`
/// and `sbsa-ref`, and boards that take several CPUs, are not among them.
public enum EmulatedBoard {
    /// The names of the machines.
    public static let withOneCPU: Set<String> = [
        // The CPU is part of the chip, and QEMU ignores -cpu.
        "canon-a1100", "connex", "fby35", "imx25-pdk", "imx8mp-evk", "kzm", "mcimx6ul-evk", "mcimx7d-sabre", "microbit",
        "raspi0", "raspi1ap", "raspi2b", "raspi3ap", "raspi3b", "raspi4b", "sabrelite", "tosa", "xlnx-versal-virt",
        "xlnx-zcu102",
        // QEMU refuses every other CPU.
        "akita", "ast1030-evb", "ast2500-evb", "ast2600-evb", "ast2700a0-evb", "ast2700a1-evb", "b-l475e-iot01a",
        "bletchley-bmc", "borzoi", "bpim2u", "collie", "cubieboard", "emcraft-sf2", "fby35-bmc", "fp5280g2-bmc",
        "fuji-bmc", "g220a-bmc", "highbank", "kudo-bmc", "lm3s6965evb", "lm3s811evb", "mainstone", "midway", "mori-bmc",
        "mps2-an385", "mps2-an386", "mps2-an500", "mps2-an505", "mps2-an511", "mps2-an521", "mps3-an524", "mps3-an536",
        "mps3-an547", "musca-a", "musca-b1", "netduino2", "netduinoplus2", "npcm750-evb", "npcm845-evb", "nuri",
        "olimex-stm32-h405", "orangepi-pc", "palmetto-bmc", "qcom-dc-scm-v1-bmc", "qcom-firework-bmc", "quanta-gbs-bmc",
        "quanta-gsj", "quanta-q71l-bmc", "rainier-bmc", "realview-pbx-a9", "romulus-bmc", "smdkc210", "sonorapass-bmc",
        "spitz", "stm32vldiscovery", "supermicro-x11spi-bmc", "supermicrox11-bmc", "tacoma-bmc", "terrier",
        "tiogapass-bmc", "verdex", "vexpress-a15", "vexpress-a9", "witherspoon-bmc", "xilinx-zynq-a9", "yosemitev2-bmc",
        "z2",
    ]
}
